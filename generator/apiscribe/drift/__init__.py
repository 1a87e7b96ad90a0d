"""Drift: what differs between two editions of an API, and what that does to its clients."""
