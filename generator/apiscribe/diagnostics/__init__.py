"""What is wrong on pages, or worth knowing: codes, the report, how diagnostics are shown."""
