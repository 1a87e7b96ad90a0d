"""Compares recorded HTTP traffic with an API: what a server really does, against its pages.

`read_recording` reads a recording, and `compare_traffic` finds the differences.
"""

from apiscribe.drift.traffic.compare import compare_traffic
from apiscribe.drift.traffic.recording import (
    Recording,
    RecordingError,
    is_recording,
    open_recording,
)

__all__ = ["Recording", "RecordingError", "compare_traffic", "is_recording", "open_recording"]
