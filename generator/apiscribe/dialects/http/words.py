"""Words: what the headings, labels, headers and marks of a page mean.

The words are data, in words.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from apiscribe.dialects.http.word_pattern import WordPattern, has_cjk
from apiscribe.model import house_words
from apiscribe.workspace.late_pattern import late_pattern

_TABLES: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_name("words.toml").read_text("utf-8")
)

_STATUS = re.compile(r"(?<![\w.,/-])(?P<status>[1-5]\d\d|[1-5][xX]{2})(?![\w,/-]|\.\d)")
_MEDIA_WORD = re.compile(r"(?:application|text|multipart|image)\s*/\s*[\w.+*-]+")
_LONGEST_LABEL = 120
_EDGES = " \t\n.:;：。,，!?()[]{}（）【】「」*_`#-–—>✅⚠️"
_WORD_BREAKS = re.compile(r"(?<=[a-z])(?=[A-Z])|[\s\xa0_]+")


@dataclass(frozen=True)
class Label:
    """What a heading or a label says about the part below it; "" for what it does not say.

    `subject` are the words that are not about the part: "Settings" in "Settings parameters".
    `media` is the kind of body at the place `body`, as in "Form data"; `listed`: a body is a list
    of what is below, as in "Response: array of".
    """

    direction: str = ""
    part: str = ""
    place: str = ""
    presence: str = ""
    status: str = ""
    subject: str = ""
    media: str = ""
    listed: bool = False

    @property
    def is_role(self) -> bool:
        """Whether any word is about a part."""
        return bool(self.direction or self.part or self.place or self.status)


def plain(text: str) -> str:
    """Return a header or a label in lower case, with spaces between words, without its marks."""
    return _WORD_BREAKS.sub(" ", text).lower().strip(_EDGES)


def _meaning(words: Mapping[str, str], text: str) -> str:
    """Return what a text that matched the pattern of words means."""
    return words.get(text) or words.get(text.replace("-", " "), "")


_FACETS = ("direction", "part", "place", "presence")
_MEANINGS: Mapping[str, Mapping[str, str]] = {
    facet: {word.lower(): name for name, words in _TABLES["label"][facet].items() for word in words}
    for facet in _FACETS
}
_LABEL_PATTERNS = {facet: WordPattern(_MEANINGS[facet]) for facet in _FACETS}
_ARRAY = WordPattern(_TABLES["label"]["array"]["words"])
_FILLER = frozenset(_TABLES["label"]["filler"]["words"])
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head"})
# Of two words of one kind, the first one of this order counts.
_ORDER = {
    "direction": ("error", "response", "request"),
    "part": tuple(
        "example values headers parameters schema authorization summary text verb url".split()
    ),
    "place": ("body", "query", "path", "cookie", "header"),
    "presence": ("optional", "required"),
}


def read_label(text: str) -> Label:
    """Return what a heading or a label says about the part below it."""
    return _read_label(house_words.with_roles(text))


@lru_cache(maxsize=4_000)
def _read_label(text: str) -> Label:
    words = plain(text)
    if len(words) > _LONGEST_LABEL:
        return Label(subject=words)
    found: dict[str, str] = {}
    about_parts: set[int] = set()
    for facet in _FACETS:
        matches = list(_LABEL_PATTERNS[facet].finditer(words))
        names = [_meaning(_MEANINGS[facet], match[0]) for match in matches]
        found[facet] = next((name for name in _ORDER[facet] if name in names), "")
        for match, name in zip(matches, names, strict=True):
            # "Permissions Object" is about an object, and not about what callers must show.
            if (found[facet], name) != ("schema", "authorization"):
                about_parts.update(range(*match.span()))
    rest = "".join(" " if at in about_parts else letter for at, letter in enumerate(words))
    has_body = found["direction"] in ("request", "response") or found["place"] == "body"
    array = _ARRAY.search(rest) if has_body else None
    if array:
        rest = rest[: array.start()] + " " + rest[array.end() :]
    rest = _MEDIA_WORD.sub(" ", rest)
    status = _STATUS.search(text)
    if status:
        rest = rest.replace(status["status"].lower(), " ")
    verbs = _VERBS if found["part"] == "verb" else frozenset()
    subject = " ".join(
        w for part in rest.split() if (w := part.strip(_EDGES)) and w not in _FILLER | verbs
    )
    return Label(
        direction=found["direction"],
        part=found["part"],
        place=found["place"],
        presence=found["presence"],
        status=status["status"].upper() if status else "",
        subject=subject,
        media=media(words) if found["place"] == "body" else "",
        listed=array is not None,
    )


# The words for "required" and "optional" that mean nothing else: no "yes" and no marks.
PRESENCE_WORDS = sorted(
    {w for words in _TABLES["label"]["presence"].values() for w in words}, key=len, reverse=True
)


def _by_word(table: str) -> Mapping[str, str]:
    return {word.lower(): name for name, words in _TABLES[table].items() for word in words}


_COLUMNS, _PRESENCE, _PLACES = _by_word("column"), _by_word("presence"), _by_word("place")
_MEDIA, MEDIA_TYPES = _by_word("media"), _by_word("media_types")
_MEDIA_PATTERN = WordPattern(_MEDIA)
OBJECT_HEADS = frozenset(_TABLES["objects"]["heads"])
OBJECT_GROUPS = frozenset(_TABLES["objects"]["groups"])
_OBJECT_NOUNS = frozenset(_TABLES["objects"]["nouns"])
_THINGS = frozenset(_TABLES["objects"]["things"])
_SETTINGS = WordPattern(_TABLES["objects"]["settings"])
OTHERS_PATHS = frozenset(_TABLES["others"]["paths"])
_ARTICLES = frozenset({"a", "an", "the"})
_SUFFIXES = frozenset(_TABLES["objects"]["suffixes"])


def column(text: str) -> str:
    """Return the role of the column with a header; "" for an unknown header."""
    text = house_words.header(text)
    spellings = (plain(text), plain(text).replace("-", " "), text.strip().lower())
    return next((role for each in spellings if (role := _COLUMNS.get(each, ""))), "")


def presence(text: str) -> bool | None:
    """Return whether a mark says that a field is required; None if it says nothing."""
    word = house_words.mark(text).strip(" .()[]`").lower()
    known = (
        _PRESENCE.get(word) or _PRESENCE.get(word.strip("*_ ")) or _PRESENCE.get(word.split(",")[0])
    )
    return None if not known else known == "required"


def place(text: str) -> str:
    """Return the place of a parameter that a cell or an attribute names; "" for another text."""
    if label := house_words.role(text):
        return _read_label(label).place
    return _PLACES.get(text.strip(" `*_").lower(), "")


def media(text: str) -> str:
    """Return the kind of body that a label or a cell names: json, form, urlencoded, multipart."""
    kinds = {_meaning(_MEDIA, match[0]) for match in _MEDIA_PATTERN.finditer(text.lower())}
    return next((kind for kind in _TABLES["media"] if kind in kinds), "")


def object_name(title: str) -> str:
    """Return the name of a message from its heading: `User Object` is User."""
    words = title.split()
    while len(words) > 1 and words[-1].lower().strip(_EDGES) in _SUFFIXES:
        words.pop()
    if len(words) > 1 and words[0].lower() in _ARTICLES:
        del words[0]
    return " ".join(words)


def ends_with_object(title: str) -> bool:
    """Return whether a heading ends with a noun for objects, behind words for which one."""
    *which, last = title.split() or [""]
    return bool(which) and last.lower().strip(_EDGES) in _OBJECT_NOUNS


def names_thing(title: str) -> bool:
    """Return whether a heading such as "The tag object" names an object by a word that says nothing
    in other labels, and says nothing about a request or an answer.
    """
    *which, last = plain(title).split() or [""]
    label = read_label(title)
    is_thing = last == "object" and not _THINGS.isdisjoint(which)
    return is_thing and not (label.direction or label.place or label.status)


def is_about_settings(title: str) -> bool:
    """Return whether a heading is about the settings of a program, and not a message of them."""
    return not ends_with_object(title) and _SETTINGS.search(title) is not None


FACTS = {name: WordPattern(words) for name, words in _TABLES["facts"].items()}
STATUSES = {name: WordPattern(words) for name, words in _TABLES["statuses"].items()}
SAME = {name: WordPattern(words) for name, words in _TABLES["same"].items()}
SENT = {name: WordPattern(words) for name, words in _TABLES["sent"].items()}
PROSE = {name: WordPattern(words) for name, words in _TABLES["prose"].items()}
ITEM = {name: WordPattern(words) for name, words in _TABLES["item"].items()}
DEPRECATION: Mapping[str, list[str]] = _TABLES["deprecation"]
ITEM_ASIDE: tuple[str, ...] = tuple(_TABLES["item"]["aside"])
HISTORY = frozenset(_TABLES["history"]["words"])
WHOLE = frozenset(_TABLES["whole"]["names"])
VARIANTS: Mapping[str, str] = _by_word("variants")
UNTYPED = frozenset(_TABLES["untyped"]["answers"])
TYPE_WORDS = _by_word("types")
CELL_TYPE_WORDS = {**TYPE_WORDS, **_by_word("types_in_cells")}
_LISTED = (
    late_pattern(rf"(?:{'|'.join(_TABLES['lists']['before'])})\s*(?<=[\s'’])(\S.*)", re.IGNORECASE),
    late_pattern(rf"(\S+?)(?:{'|'.join(_TABLES['lists']['after'])})"),
)
# "an array of entries": the words at the begin of what a label states.
BEGINS_LIST = late_pattern(
    rf"\W*(?:an?\s+)?(?:json\s+)?(?:{_ARRAY.pattern}|lists?\s+of)", re.IGNORECASE
)
CLIENT_TYPES = frozenset(_TABLES["client"]["types"])
SECURITY = {name: frozenset(words) for name, words in _TABLES["security"].items()}
BEFORE_ADDRESS = WordPattern(_TABLES["api"]["before"])
API = {name: frozenset(words) for name, words in _TABLES["api"].items()}


def list_item(text: str) -> str:
    """Return the type of the items of a list: `lista de cadenas` has `cadenas`; "" of no list."""
    return next((m[1] for spelling in _LISTED if (m := spelling.fullmatch(text.strip()))), "")


def holds_word(text: str, word: str) -> bool:
    """Return whether a text in lower case holds a word or a phrase."""
    if has_cjk(word):
        return word in text
    return re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text) is not None


def is_history(title: str, path: str) -> bool:
    """Return whether a page tells the history of an API, by its title or the name of its file."""
    folders = [plain(part.partition(".")[0].replace("-", " ")) for part in path.split("/")]
    return plain(title) in HISTORY or not HISTORY.isdisjoint(folders)
