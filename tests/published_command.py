"""A command line of others: runs in an environment of its own, unmodified.

Standard input: a JSON list of lists of arguments. Standard output: a JSON list of what spacectl wrote
for each. One process for all of them, for it takes two seconds to import what it needs.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from contextlib import redirect_stdout, suppress

warnings.simplefilter("ignore")


def written(arguments):  # type: ignore[no-untyped-def]
    """What it writes to standard output; its exit status tells nothing."""
    from spacectl.main import main  # type: ignore[import-not-found]

    sys.argv = ["spacectl", *arguments]
    with redirect_stdout(io.StringIO()) as text, suppress(SystemExit):
        main()
    return text.getvalue()


json.dump([written(arguments) for arguments in json.load(sys.stdin)], sys.stdout)
