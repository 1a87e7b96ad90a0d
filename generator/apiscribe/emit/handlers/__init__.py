"""The handlers of a project: what its own people write for the methods of an API."""
