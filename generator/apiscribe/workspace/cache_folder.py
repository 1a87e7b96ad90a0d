"""The user's cache folder of apiscribe."""

from __future__ import annotations

import os
import sys


def cache_folder() -> str:
    """Return the folder, which may not exist."""
    if sys.platform == "linux":
        # As platformdirs, which takes longer to import than Python to start.
        caches = os.environ.get("XDG_CACHE_HOME", "").strip() or os.path.expanduser("~/.cache")
        return os.path.join(caches, "apiscribe")
    from platformdirs import user_cache_dir

    return user_cache_dir("apiscribe", appauthor=False)
