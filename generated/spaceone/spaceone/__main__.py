"""The entry point of `python -m`; `--help` lists the settings."""

import sys

from apiscribe_runtime.main import main

from .registry import API

if __name__ == "__main__":
    sys.exit(main(API))
