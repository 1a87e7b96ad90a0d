"""apiscribe: API pages written for people, read into a model, written out as code that runs."""

__version__ = "0.1.0"
