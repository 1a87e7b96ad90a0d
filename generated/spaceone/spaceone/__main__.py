"""Serves the API: `python -m` with the package's name; `--help` tells the settings."""

import sys

from .registry import API
from .runtime.serve import main

if __name__ == "__main__":
    sys.exit(main(API))
