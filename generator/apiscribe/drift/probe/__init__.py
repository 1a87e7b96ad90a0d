"""Probes a running server: calls its read-only operations, for a comparison as with traffic.

Only GET and HEAD are sent, which are safe by HTTP: a name such as `list` is no promise that a
method changes nothing. So servers of gRPC are not probed.
"""

from apiscribe.drift.probe.probing import Probe, ProbeError, probe

__all__ = ["Probe", "ProbeError", "probe"]
