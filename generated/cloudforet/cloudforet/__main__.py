"""The entry point of `python -m`; `--help` lists the settings."""

import sys

from .registry import API
from .runtime.main import main

if __name__ == "__main__":
    sys.exit(main(API))
