"""Files and folders at a revision of git, by the `git` command line.

What is in the objects is written out as it is: `git archive` leaves out what .gitattributes marks
`export-ignore`, and puts other text where it marks `export-subst`.
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

from apiscribe.sources.failure import SourceError

_PREFIX = "git:"
_FORM = "write git:REV:path, with the path from the working folder"


def is_revision(text: str) -> bool:
    """Whether the text has the form git:REV:path."""
    return text.startswith(_PREFIX)


@contextmanager
def checked_out(text: str) -> Iterator[Path]:
    """The file or folder as it is at the revision, with the references of a spec, in a temporary folder
    that goes with the context. Raises SourceError.
    """
    revision, colon, path = text.removeprefix(_PREFIX).partition(":")
    if not revision or not colon:
        raise SourceError(f"{text} names no file or folder of a revision; {_FORM}")
    git = shutil.which("git")
    if git is None:
        raise SourceError(f"{text} cannot be read, for git is not installed; check it out yourself")
    tree = _tree(text, git, revision)
    place = posixpath.normpath(posixpath.join(tree.working_folder, path))
    if place.startswith(("../", "/")) or place == "..":
        raise SourceError(f"{text} lies outside the repository; {_FORM}")
    with tempfile.TemporaryDirectory(prefix="apiscribe-") as folder:
        # A folder without a name of its own is named as that of the repository.
        root = Path(folder).resolve() / tree.name
        if not tree.write(place, root):
            raise SourceError(f"{text} does not exist at that revision; {_FORM}")
        for reference in _references(root / place):
            beside = posixpath.normpath(posixpath.join(place, reference))
            if not beside.startswith(("../", "/")):
                tree.write(beside, root)
        yield root / place


@dataclass(frozen=True)
class _Tree:
    """The tree of a commit; paths are from its root."""

    git: str
    top: str
    commit: str
    working_folder: str

    @property
    def name(self) -> str:
        return Path(self.top).name or "repository"

    def write(self, place: str, root: Path) -> bool:
        """Write a file, or all below a folder, under its path into `root`; whether there is any.

        Links are followed where they lead to a file below the same place. Submodules have no
        files of their own here.
        """
        found = dict(self._entries(place))
        hashes = [hash_ for _, hash_ in found.values()]
        contents = dict(zip(found, self._contents(hashes), strict=True))
        for path, (mode, _) in found.items():
            content = contents[path]
            if mode == "120000":
                target = posixpath.join(posixpath.dirname(path), content.decode(errors="replace"))
                target = posixpath.normpath(target)
                if target not in contents or found[target][0] == "120000":
                    continue
                content = contents[target]
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return bool(found)

    def _entries(self, place: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """Path → mode and hash of each file at a place."""
        within = [] if place == "." else ["--", place]
        listed = _run(
            self.git, self.top, "ls-tree", "-r", "-z", "--full-tree", self.commit, *within
        )
        for line in listed.decode("utf-8", errors="surrogateescape").split("\0"):
            kind, _, path = line.partition("\t")
            if path and not {"..", ".git"} & set(path.split("/")):
                mode, type_, hash_ = kind.split()
                if type_ == "blob":
                    yield path, (mode, hash_)

    def _contents(self, hashes: Iterable[str]) -> Iterator[bytes]:
        """The content of each blob. Source: git-cat-file(1), "BATCH OUTPUT"."""
        asked = "".join(f"{hash_}\n" for hash_ in hashes).encode()
        output = _run(self.git, self.top, "cat-file", "--batch", input_=asked)
        start = 0
        while start < len(output):
            end = output.index(b"\n", start)
            size = int(output[start:end].split()[2])
            yield output[end + 1 : end + 1 + size]
            start = end + 1 + size + 1


def _tree(text: str, git: str, revision: str) -> _Tree:
    try:
        inside = _run(git, ".", "rev-parse", "--show-toplevel", "--show-prefix").decode()
    except SourceError as error:
        raise SourceError(f"{text} cannot be read: {error}; go to a working tree of git") from error
    top, prefix = inside.split("\n")[:2]
    # git would take it for an option; no branch and no tag begins so (git-check-ref-format(1)).
    if not revision.startswith("-"):
        try:
            found = _run(git, ".", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            return _Tree(git, top, found.decode().strip(), prefix)
        except SourceError:
            pass
    raise SourceError(
        f'{text}: there is no revision "{revision}"; write a commit, a branch, a tag, or HEAD~1'
        " (in a shallow clone, `git fetch` it first)"
    )


def _run(git: str, folder: str, *words: str, input_: bytes = b"") -> bytes:
    """What git prints. Raises SourceError with what it says on failing."""
    command = [git, "-C", folder, *words]
    result = subprocess.run(command, input=input_, capture_output=True, check=False)
    if result.returncode != 0:
        said = result.stderr.decode("utf-8", errors="replace").strip()
        raise SourceError(said.removeprefix("fatal: ") or f"git {words[0]} failed")
    return result.stdout


def _references(place: Path) -> list[str]:
    """The references of a spec: they may lie beside it."""
    try:
        settings = tomllib.loads((place / "spec.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    references = settings.get("references", [])
    return (
        [name for name in references if isinstance(name, str)]
        if isinstance(references, list)
        else []
    )
