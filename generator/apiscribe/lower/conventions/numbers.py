"""The JSON of 64-bit integers."""

from __future__ import annotations


def plain_numbers(dialect: str) -> bool:
    """Pages about HTTP describe their own JSON, in which every integer is a number. Other pages
    describe protobuf: its JSON has 64-bit integers as texts.
    """
    return dialect == "http"
