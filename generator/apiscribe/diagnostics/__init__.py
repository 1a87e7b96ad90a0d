"""Diagnostics: their codes and messages, the report, and its renderers."""
