"""An HTTP method and a path in a text → routes, in one spelling.

`GET https://api.example.com/users/:id?expand=` is GET `/users/{id}`, with the server
`https://api.example.com` and the query parameter `expand`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apiscribe.dialects.http.words import OTHERS_PATHS
from apiscribe.model.plurals import singular
from apiscribe.workspace.late_pattern import late_pattern

_VERB_WORDS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
VERBS = frozenset(_VERB_WORDS.split("|"))
# Names of hosts and parameters have a length, or each letter of a long text would be read again
# from each letter before it.
_LABEL, _LABELS, _WORDS = "{1,63}", "{1,12}", "{0,80}"
# Between a verb and its path are only marks. Several verbs may share a path: `PUT|PATCH /x`.
_MARKS = r"[\s\]\[()*`:|>–—-]*"
_HOST_WORDS = "url|host|base|server|endpoint|domain|api"
_BASE = (
    r"(?:(?:https?|wss?)://(?:\{\{[^{}\s]+\}\}|\{[^{}\s]+\}|<[^<>]+>|\[[\w .-]+\]|[^\s/{}<>`\"'|])+"
    rf"|\{{\{{[^{{}}]+\}}\}}|\$\{{?\w+\}}?|\{{[\w.-]{_WORDS}(?:{_HOST_WORDS})[\w.-]{_WORDS}\}}"
    rf"|<[\w .-]{_WORDS}(?:{_HOST_WORDS})[\w .-]{_WORDS}>"
    # SITE_ROOT/api, BASE_URL/api
    rf"|(?-i:(?:[A-Z0-9]{_LABEL}_){{0,3}}(?:URL|HOST|BASE|SERVER|ENDPOINT|DOMAIN|ROOT|ADDRESS)(?:_[A-Z0-9]{_LABEL}){{0,3}})(?=/)"
    rf"|\[[\w .-]+\](?=/)|(?:[\w-]{_LABEL}\.){_LABELS}[a-z]{{2,63}}(?::\d{{1,5}})?(?=/))"
)
_PART = (
    r"(?:\{\{[^{}\s]*\}\}|\{[^{}\s]*\{[^{}]*\}[^{}\s]*\}|\{[^{}\n/]*\}|\{[\w.]+[=#][^{}]*\}|<[^<>\s]*>"
    r"|\[[^\[\]\s]*\]|\(\w+(?:: | or )\w+\)|\((?!http)[^()\s]*\)|[\w.~!$&+,;=:@%/?#^*|-])"
)
_PATH = rf"(?P<path>(?P<base>{_BASE})?(?P<rest>/{_PART}*)|(?P<only>https?://[^\s/<>`]+)(?=\s|`|$))"
_ROUTE = late_pattern(
    rf"(?<![\w/.-])(?P<verbs>(?:{_VERB_WORDS})(?:\s*(?:[|/,]|or|and|または|또는)\s*(?:{_VERB_WORDS}))*)"
    rf"(?!\w){_MARKS}{_PATH}",
    re.IGNORECASE | re.DOTALL,
)
_BARE_PATH = late_pattern(_PATH)
_PATH_THEN_VERB = late_pattern(rf"(?<![\w/.:-]){_PATH}\s*[\[(]\s*(?P<verbs>{_VERB_WORDS})\s*[\])]")
# In code, a path need not begin with a slash: `PUT projects/:id/issues`.
_CODE_LINE = late_pattern(
    rf"\s*(?P<verbs>{_VERB_WORDS})\s+(?P<path>(?P<base>{_BASE})?(?P<rest>/?{_PART}+))"
    r"(?P<tail>\s+HTTP/[\d.]+|\s+\{?|\s+\([^()]*\)|\s*(?:#|//|<?--?>).*)?\s*"
)
_TRAILING = ".,;:!|*"
_PARAMETERS = (
    (re.compile(r"\{\{\s*([^{}]+?)\s*\}\}"), r"{\1}"),  # {{id}}
    (re.compile(r"\{([\w.]+)#[^{}]*\}"), r"{\1}"),  # {user.id#link/to/user}
    (
        re.compile(r"\{\+?(\w+)(?:=[^{}]*|:(?:[^{}]|\{[^{}]*\})*)\}"),
        r"{\1}",
    ),  # {id:\d+}, {name=a/*}
    (re.compile(r"<(?:\w+:)?([\w .-]+)>"), r"{\1}"),  # <id>, <int:id>
    (re.compile(r"(?<=[/.])\[(?:\.\.\.)?(\w[\w .-]*)\]"), r"{\1}"),  # [id], .[format]
    (re.compile(r"(?<=[/.])::?([A-Za-z_]\w*(?:-\w+)*)"), r"{\1}"),  # :id
    (re.compile(r"(?<=/)\$\{?(\w+)\}?"), r"{\1}"),  # $id
    (re.compile(r"(?<=/)\((?:\w+:\s*)?(\w+)\)"), r"{\1}"),  # (id), (int: id)
    # (id or name), {id or name}
    (re.compile(r"(?<=/)[({](\w+) or \w+[)}]"), r"{\1}"),
)
_INVISIBLE = re.compile(r"\{\s+|\s+\}")
_QUERY_TEMPLATE = re.compile(r"\{[?&](?P<names>[^{}]*)\}")  # {?page,limit}
_PARAMETER = re.compile(r"\{([^{}]*)\}")
# <id?>, {id?}: a parameter that may be left out
_OPTIONAL = re.compile(r"(?<=[\w])\?(?=[>}\]])")
_NUMBER = re.compile(
    r"\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[a-z]{2,4}_[A-Za-z0-9]*\d[A-Za-z0-9]*"
    r"|(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)*|\d(?=[0-9a-f]*[a-f])[0-9a-f]{3,}"
)
# A whole number behind another word is an id as well, unless it is a version.
_VERSIONED = frozenset({"api", "rest", "v", "version", "ver", "release"})
_PLURAL = re.compile(r"[A-Za-z][\w-]*s|people|children|media|data")


@dataclass(frozen=True)
class RouteText:
    """A route in a text: `path` has parameters in braces; `inferred` are those of example ids.

    `query` are the parameters of its query string; `start` and `end` are its place in the text.
    """

    verb: str
    path: str
    server: str = ""
    query: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
    start: int = 0
    end: int = 0

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters in the path."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def key(self) -> tuple[str, str]:
        """What two spellings of one route have in common: its parameters may have other names."""
        return self.verb, _PARAMETER.sub("{}", self.path.lower().rstrip("/"))


def find_routes(text: str) -> Iterator[RouteText]:
    """Yield the routes in a text: verbs in any case, and what follows them."""
    matches = list(_ROUTE.finditer(text)) or list(_PATH_THEN_VERB.finditer(text))
    for match in matches:
        for verb in re.findall(_VERB_WORDS, match["verbs"], re.IGNORECASE):
            if route := read_path(verb, match["path"], match.start(), match.end()):
                yield route


def code_routes(line: str) -> Iterator[RouteText]:
    """Yield the route that a line of code consists of."""
    if match := _CODE_LINE.fullmatch(line):
        path = match["path"]
        path = path if match["base"] or path.startswith("/") else f"/{path}"
        if route := read_path(match["verbs"], path, *match.span()):
            yield route


def find_path(text: str) -> str:
    """Return the first path in a text, or ""."""
    match = _BARE_PATH.search(text)
    return match["path"].rstrip(_TRAILING) if match else ""


def is_path(text: str) -> bool:
    """Return whether a text is a path and nothing else."""
    return _BARE_PATH.fullmatch(text.strip(" `*")) is not None


def read_path(verb: str, text: str, start: int = 0, end: int = 0) -> RouteText | None:
    """Return the route of a verb and a path as written; None if the text is no path."""
    match = _BARE_PATH.match(text.strip())
    if match is None:
        return None
    base = (match["base"] or match["only"] or "").strip()
    rest = _OPTIONAL.sub("", match["rest"] or "/")
    rest = _QUERY_TEMPLATE.sub("", rest)
    rest, _, query = rest.rstrip(_TRAILING).partition("?")
    server = base if "://" in base and "{" not in base.split("://", 1)[1] else ""
    if "(" in rest and rest.count("(") != rest.count(")"):
        rest = rest.rpartition("(")[0] or rest
    for pattern, replacement in _PARAMETERS:
        rest = pattern.sub(replacement, rest)
    rest = _INVISIBLE.sub(lambda m: m[0].strip(), rest)
    rest = re.sub(r"\[\?.*|#.*", "", rest)
    if template := _QUERY_TEMPLATE.search(match["rest"] or ""):
        query = "&".join(template["names"].split(","))
    path, inferred = _with_example_ids(rest or "/")
    return RouteText(
        verb=verb.upper(),
        path=path,
        server=server,
        query=tuple(dict.fromkeys(query_names(query))),
        inferred=inferred,
        start=start,
        end=end,
    )


def query_names(query: str) -> Iterator[str]:
    """Yield the names of the parameters in a query string."""
    for part in re.split(r"[&;\[\]]+", query):
        name = re.split(r"[={]", part.strip(" .…"), maxsplit=1)[0]
        if re.fullmatch(r"[A-Za-z_][\w.-]*", name):
            yield name


def _with_example_ids(path: str) -> tuple[str, tuple[str, ...]]:
    """Return the path with a parameter for each number, UUID, `inv_12` or `A-12` behind a word."""
    segments = path.split("/")
    names: list[str] = []
    for at in range(1, len(segments)):
        stem, dot, suffix = segments[at].partition(".")
        before = segments[at - 1]
        of_word = stem.isdecimal() and re.fullmatch(r"[A-Za-z][A-Za-z_-]+", before)
        owned = _PLURAL.fullmatch(before) or (of_word and before.lower() not in _VERSIONED)
        if _NUMBER.fullmatch(stem) and owned:
            name = f"{singular(before).replace('-', '_')}_id"
            if name not in names:
                names.append(name)
                segments[at] = f"{{{name}}}{dot}{suffix}"
    return "/".join(segments), tuple(names)


def is_of_others(route: RouteText) -> bool:
    """Return whether a route is one of the caller's own server: `POST /your/webhook`."""
    return re.split(r"[\W_]", route.path.lstrip("/"), maxsplit=1)[0] in OTHERS_PATHS


def is_same(one: RouteText, other: RouteText) -> bool:
    """Return whether two routes are one: the path of one ends with that of the other, with values
    in place of its parameters.
    """
    if one.verb != other.verb:
        return False
    first, second = segments_of(one.path), segments_of(other.path)
    count = min(len(first), len(second))
    longer = first if len(first) > count else second
    if any("{" in segment for segment in longer[: len(longer) - count]):
        return False  # it is no base path
    pairs = list(zip(first[len(first) - count :], second[len(second) - count :], strict=True))
    alike = all(a == b or "{" in a or "{" in b for a, b in pairs)
    return count > 0 and alike and (len(first) == len(second) or any(a == b for a, b in pairs))


def segments_of(path: str) -> list[str]:
    """Return the segments of a path in lower case."""
    return [segment for segment in path.lower().rstrip("/").split("/") if segment]
