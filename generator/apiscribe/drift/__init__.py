"""Drift: the differences between two versions of an API, and their consequences for clients."""
