"""Check out files and folders at a git revision, with the `git` command.

Blobs are written unchanged. `git archive` would omit files with the attribute `export-ignore` and
change those with `export-subst`.
"""

from __future__ import annotations

import posixpath
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from apiscribe.sources.source_error import SourceError

_PREFIX = "git:"
_ADVICE = "write git:REV:PATH, with a path relative to the current folder"


def is_revision(text: str) -> bool:
    """Return whether the text has the form git:REV:PATH."""
    return text.startswith(_PREFIX)


@contextmanager
def checkout(text: str) -> Iterator[Path]:
    """Yield a file or folder at a revision, in a temporary folder. Raise SourceError.

    The reference versions of a spec are checked out too.
    """
    revision, colon, path = text.removeprefix(_PREFIX).partition(":")
    if not revision or not colon:
        raise SourceError(f"{text} has no revision or no path; {_ADVICE}")
    git = shutil.which("git")
    if git is None:
        raise SourceError(f"{text}: git is not installed; check out the revision and pass the path")
    tree = _tree(text, git, revision)
    path = posixpath.normpath(posixpath.join(tree.working_folder, path))
    if path.startswith(("../", "/")) or path == "..":
        raise SourceError(f"{text} is outside the repository; {_ADVICE}")
    with tempfile.TemporaryDirectory(prefix="apiscribe-") as folder:
        # The name of an API is that of its folder; the root has the repository's name.
        root = Path(folder).resolve() / tree.name
        if not tree.write(path, root):
            raise SourceError(f"{text} does not exist at that revision; {_ADVICE}")
        for reference in _references(root / path):
            reference_path = posixpath.normpath(posixpath.join(path, reference))
            if not reference_path.startswith(("../", "/")):
                tree.write(reference_path, root)
        yield root / path


@dataclass(frozen=True)
class _Tree:
    """The tree of a commit; paths are relative to its root."""

    git: str
    top: str
    commit: str
    working_folder: str

    @property
    def name(self) -> str:
        return Path(self.top).name or "repository"

    def write(self, path: str, root: Path) -> bool:
        """Write a file, or all files of a folder, below `root`. Return whether any exists.

        A link is replaced by the file that it points to, if that is below the same path. Submodules
        are skipped.
        """
        entries = dict(self._entries(path))
        hashes = [hash_ for _, hash_ in entries.values()]
        contents = dict(zip(entries, self._contents(hashes), strict=True))
        for name, (mode, _) in entries.items():
            content = contents[name]
            if mode == "120000":
                target = posixpath.join(posixpath.dirname(name), content.decode(errors="replace"))
                target = posixpath.normpath(target)
                if target not in contents or entries[target][0] == "120000":
                    continue
                content = contents[target]
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return bool(entries)

    def _entries(self, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield the path, mode and hash of each file at or below a path."""
        limit = [] if path == "." else ["--", path]
        listed = _run(self.git, self.top, "ls-tree", "-r", "-z", "--full-tree", self.commit, *limit)
        for line in listed.decode("utf-8", errors="surrogateescape").split("\0"):
            columns, _, name = line.partition("\t")
            if name and not {"..", ".git"} & set(name.split("/")):
                mode, type_, hash_ = columns.split()
                if type_ == "blob":
                    yield name, (mode, hash_)

    def _contents(self, hashes: Iterable[str]) -> Iterator[bytes]:
        """Yield the content of each blob. Source: git-cat-file(1), "BATCH OUTPUT"."""
        request = "".join(f"{hash_}\n" for hash_ in hashes).encode()
        output = _run(self.git, self.top, "cat-file", "--batch", input_=request)
        start = 0
        while start < len(output):
            end = output.index(b"\n", start)
            size = int(output[start:end].split()[2])
            yield output[end + 1 : end + 1 + size]
            start = end + 1 + size + 1


def _tree(text: str, git: str, revision: str) -> _Tree:
    try:
        paths = _run(git, ".", "rev-parse", "--show-toplevel", "--show-prefix").decode()
    except SourceError as error:
        raise SourceError(
            f"{text} cannot be read: {error}; run apiscribe in a git working tree"
        ) from error
    top, prefix = paths.split("\n")[:2]
    # git would parse it as an option; names of branches and tags never begin with "-"
    # (git-check-ref-format(1)).
    if not revision.startswith("-"):
        try:
            commit = _run(git, ".", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            return _Tree(git, top, commit.decode().strip(), prefix)
        except SourceError:
            pass
    raise SourceError(
        f'{text}: revision "{revision}" does not exist; write a commit, a branch, a tag or HEAD~1'
        " (in a shallow clone, `git fetch` it first)"
    )


def _run(git: str, folder: str, *arguments: str, input_: bytes = b"") -> bytes:
    """Run git and return its output. Raise SourceError with its error message."""
    command = [git, "-C", folder, *arguments]
    result = subprocess.run(command, input=input_, capture_output=True, check=False)
    if result.returncode != 0:
        message = result.stderr.decode("utf-8", errors="replace").strip()
        raise SourceError(message.removeprefix("fatal: ") or f"git {arguments[0]} failed")
    return result.stdout


def _references(path: Path) -> list[str]:
    """Return the paths of a spec's reference versions, which may be outside its folder."""
    try:
        settings = tomllib.loads((path / "spec.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    references = settings.get("references", [])
    return (
        [name for name in references if isinstance(name, str)]
        if isinstance(references, list)
        else []
    )
