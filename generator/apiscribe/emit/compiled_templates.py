"""The templates as Jinja compiled them, kept between runs."""

from __future__ import annotations

from jinja2.bccache import Bucket, BytecodeCache

from apiscribe.workspace.cache import Cache


class CompiledTemplates(BytecodeCache):
    """Jinja's way to keep what it compiled, in the cache of what apiscribe made."""

    def __init__(self) -> None:
        self._cache = Cache("templates")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, if the template was compiled before."""
        if found := self._cache.get(self._cache.name_of(bucket.key.encode())):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in the bucket."""
        name = self._cache.name_of(bucket.key.encode())
        self._cache.put(name, bucket.bytecode_to_string())
