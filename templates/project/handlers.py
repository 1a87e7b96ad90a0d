"""What the service's own people write: a package for each API."""
