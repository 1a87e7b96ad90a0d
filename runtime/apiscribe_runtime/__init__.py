"""The runtime of generated packages. It imports nothing of the generator.

Models need `messages` alone, which imports pydantic and nothing else. The rest is the server.
"""

from __future__ import annotations

__all__ = ["__version__", "require"]

# The numbers before the last are the interface to generated packages: a package that was generated
# for 0.1 runs with 0.1.0 and 0.1.9, and not with 0.2.0.
__version__ = "0.1.0"


def require(requirement: str, package: str) -> None:
    """Check this version for a generated package: `require("apiscribe-runtime>=0.1,<0.2", "shop")`.

    Raises ImportError for another version.
    """
    lowest, _, limit = requirement.partition(">=")[2].partition(",<")
    if not _numbers(lowest) <= _numbers(__version__) < _numbers(limit):
        raise ImportError(
            f"{package} was generated for another version of its runtime than {__version__} in"
            f" {__path__[0]}; run: pip install '{requirement}'"
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
