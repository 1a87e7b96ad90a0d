"""The text of `--help` for the settings of a server, in words of users instead of types."""

from __future__ import annotations

import re
from argparse import Action, RawDescriptionHelpFormatter
from typing import Any

_LIST = re.compile(r"list\[(.*)\]")
# The type of a setting → the word for its value.
_VALUES = {
    "str": "TEXT",
    "int": "NUMBER",
    "float": "SECONDS",
    "Path": "PATH",
    "dict[str,int]": "PACKAGE=PORT",
}
_NO_DEFAULT = re.compile(r" \(default: (None|\[\]|\{\})?\)")


class HelpFormatter(RawDescriptionHelpFormatter):
    """Lists options with words for their values, and only with defaults that are values."""

    def add_usage(self, *_: Any) -> None:
        """Add the usage in one line: the list below it has the options."""
        super().add_usage("%(prog)s [OPTION]...", (), ())

    def add_argument(self, action: Action) -> None:
        """Add an option."""
        if isinstance(action.metavar, str):
            type_ = _LIST.sub(r"\1", action.metavar)
            action.metavar = _VALUES.get(type_, type_)
        action.help = _NO_DEFAULT.sub("", action.help or "")
        super().add_argument(action)
