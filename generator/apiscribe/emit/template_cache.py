"""A cache of compiled Jinja templates between runs."""

from __future__ import annotations

from jinja2.bccache import Bucket, BytecodeCache

from apiscribe.workspace.cache import Cache


class CompiledTemplates(BytecodeCache):
    """Jinja's bytecode cache, stored in apiscribe's cache folder."""

    def __init__(self) -> None:
        self._cache = Cache("templates")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the bytecode of a template into the bucket, if cached."""
        if bytecode := self._cache.get(self._cache.name_of(bucket.key.encode())):
            bucket.bytecode_from_string(bytecode)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the bytecode of the bucket."""
        name = self._cache.name_of(bucket.key.encode())
        self._cache.put(name, bucket.bytecode_to_string())
