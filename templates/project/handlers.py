"""The handlers of the project: a package for each API."""
