"""The body and the query of a `curl` command, and the messages of HTTP in code."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus, urlsplit

_DATA = re.compile(
    r"""(?:\s-d|--data(?:-raw|-binary|-ascii)?|--json)(?:\s+|=)(?:\$?'(?P<single>(?:[^'\\]|\\.|'\\'')*)'|"(?P<double>(?:[^"\\]|\\.)*)")""",
    re.DOTALL,
)
_FORM = re.compile(
    r"""(?:\s-F|--form|--data-urlencode|\s-d|--data)(?:\s+|=)["']?(?P<name>[\w.\[\]-]+)="""
)
_FIELD_OPTIONS = frozenset(
    (
        "-d",
        "-F",
        "--data",
        "--data-raw",
        "--data-ascii",
        "--data-urlencode",
        "--form",
        "--form-string",
    )
)
_FIELD = re.compile(r"(?P<name>[A-Za-z_][\w.-]*(?:\[[\w.-]*\])*)=(?P<value>.*)", re.DOTALL)
_STEP = re.compile(r"\[([^\]]*)\]")
_LONGEST_COMMAND = 20_000
_PART = re.compile(r"\s(?:-F|--form)\b")
_VERB = re.compile(r"\s(?:-X\s*|--request[\s=]+)[\"']?(?P<verb>[A-Z]+)\b")
_URL = re.compile(r"\s(?P<quote>[\"']?)(?P<url>https?://[^\s\"']+)(?P=quote)")
_IN_QUERY = re.compile(r"\s(?:-G|--get)\b")
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.|'\\'')*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_STATUS_LINE = re.compile(
    r"HTTP(?:/[\d.]+)?\s+(?P<status>[1-5]\d\d)\b"
    r"|(?:Status:\s*)?(?P<bare>[1-5]\d\d) [A-Z][A-Za-z' -]+\s*(?:\n|$)"
)


def is_curl(text: str) -> bool:
    """Return whether a code block is a `curl` command."""
    return re.search(r"(?m)^\s*(?:[$>#]\s*)?curl\b", text) is not None


def curl_target(text: str) -> tuple[str, str]:
    """Return the verb and the address of a command; "" for an address that it does not have.

    Without a verb, a command that sends data is a POST, unless it sends them in the query (`-G`).
    """
    command = re.sub(r"\\\n\s*", " ", text)
    url = _URL.search(_DATA.sub(" ", command))
    verb = _VERB.search(command)
    sends = (_DATA.search(command) or _FORM.search(command)) and not _IN_QUERY.search(command)
    return verb["verb"] if verb else "POST" if sends else "GET", url["url"] if url else ""


def sends_nothing(text: str) -> bool:
    """Return whether a command has no body: JSON after it is then no file that it sends."""
    return re.search(r"\s(?:-d|-F|-T|--data|--json|--form|--upload)", text) is None


def curl_body(text: str) -> str:
    """Return the JSON that a command sends, or ""."""
    for match in _DATA.finditer(text):
        body = match["single"] if match["single"] is not None else match["double"]
        body = body.replace('\\"', '"') if match["double"] is not None else body
        if body.lstrip().startswith(("{", "[")):
            return body.strip()
    return ""


def sends_form(text: str) -> str:
    """Return the kind of form that a command sends, `multipart` or `urlencoded`; "" for none."""
    if _IN_QUERY.search(text) or not _FORM.search(text):
        return ""
    return "multipart" if _PART.search(text) else "urlencoded"


@dataclass(frozen=True)
class FormField:
    """A field of a form that a command sends: `-d name=value`, or a file, `-F name=@path`."""

    name: str
    value: str
    is_file: bool = False


def form_fields(text: str) -> tuple[FormField, ...]:
    """Return the fields of the form, or of the query (`-G`), that a command sends."""
    fields: list[FormField] = []
    for option, argument in _options(text):
        pairs = (
            argument.split("&") if option not in ("-F", "--form", "--form-string") else [argument]
        )
        matches = [_FIELD.fullmatch(pair.strip()) for pair in pairs]
        if option not in _FIELD_OPTIONS or not all(matches):
            continue
        for match in filter(None, matches):
            is_file = option in ("-F", "--form") and match["value"].startswith(("@", "<"))
            fields.append(FormField(match["name"], unquote_plus(match["value"]), is_file))
    return tuple(fields)


def _options(text: str) -> Iterator[tuple[str, str]]:
    """Yield the options of a command with their arguments."""
    try:
        words = shlex.split(re.sub(r"\\\n\s*", " ", text[:_LONGEST_COMMAND]))
    except ValueError:
        return  # a quote without an end
    for at, word in enumerate(words):
        option, _, argument = word.partition("=")
        if option in _FIELD_OPTIONS and argument:
            yield option, argument
        elif word in _FIELD_OPTIONS and at + 1 < len(words):
            yield word, words[at + 1]
        elif word[:2] in ("-d", "-F") and len(word) > 2:
            yield word[:2], word[2:]


def form_json(fields: tuple[FormField, ...]) -> str:
    """Return the values of a form as JSON: `item[name]` is in an object, `tags[]` a list."""
    result: dict[str, Any] = {}
    for field in fields:
        if not field.is_file:
            name = field.name.partition("[")[0]
            _put(result, name, _STEP.findall(field.name), _value(field.value))
    return json.dumps(result, ensure_ascii=False) if result else ""


def _put(holder: dict[str, Any], name: str, steps: list[str], value: Any) -> None:
    """Put a value at a path of steps, of which an empty one is a list."""
    if not steps:
        holder[name] = value
    elif steps[0]:
        inner = holder.setdefault(name, {})
        if isinstance(inner, dict):
            _put(inner, steps[0], steps[1:], value)
    else:
        items = holder.setdefault(name, [])
        if isinstance(items, list) and len(steps) > 1 and steps[1]:
            items += [{}] if not items else []
            _put(items[-1], steps[1], steps[2:], value)
        elif isinstance(items, list):
            items.append(value)


def _value(text: str) -> Any:
    """Return a value of a form: a number or true or false as such, any other text as text."""
    return json.loads(text) if re.fullmatch(r"true|false|0|-?[1-9]\d{0,14}", text) else text


def query_names(text: str) -> tuple[str, ...]:
    """Return the names of the query parameters that a command sends."""
    query = urlsplit(curl_target(text)[1].replace("[", "%5B").replace("]", "%5D")).query
    pairs = (unquote_plus(pair) for pair in query.split("&"))
    names = [match["name"] for pair in pairs if (match := _FIELD.fullmatch(pair))]
    if _IN_QUERY.search(text):
        names += [field.name for field in form_fields(text)]
    return tuple(dict.fromkeys(names))


def curl_output(text: str) -> str:
    """Return what a block shows below its only command, or "".

    The command ends at the first line with all quotes closed and without a backslash at its end.
    """
    lines = text.split("\n")
    starts = [at for at, line in enumerate(lines) if is_curl(line)]
    if len(starts) != 1:
        return ""
    for at in range(starts[0], len(lines)):
        command = "\n".join(lines[starts[0] : at + 1])
        closed = _QUOTED.sub("", command).count("'") == 0
        if closed and not command.rstrip().endswith("\\"):
            return "\n".join(lines[at + 1 :]).strip()
    return ""


def http_message(text: str) -> tuple[str, str]:
    """Return the status (of an answer, else "") and the JSON body of a message of HTTP."""
    status = _STATUS_LINE.match(text.lstrip()[:60])
    body = re.split(r"\n\s*\n", text, maxsplit=1)
    content = body[1].strip() if len(body) > 1 else ""
    code = (status["status"] or status["bare"]) if status else ""
    return code, content if content.startswith(("{", "[")) else ""


def is_answer(text: str) -> bool:
    """Return whether code is a message of HTTP with a status: `200 OK`, headers and a body."""
    return _STATUS_LINE.match(text.lstrip()[:60]) is not None


def is_json(text: str) -> bool:
    """Return whether a text looks like an object or a list of JSON."""
    stripped = text.strip()
    begins = re.match(r"(?:\s*(?://[^\n]*|/\*.*?\*/|#[^\n]*)\n)*\s*[{\[]", text, re.DOTALL)
    return bool(begins) and stripped[-1:] in "}]" and stripped not in ("{}", "[]", "")
