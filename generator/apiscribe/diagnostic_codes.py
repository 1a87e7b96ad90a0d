"""Every finding that apiscribe can make: the contents page of what goes wrong.

A code is a stable word: it stands in reports, in `[[accept]]` entries and in `apiscribe explain`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Code:
    """A kind of finding: how grave it is, what it says, and what the reader can do about it.

    An `error` keeps everything from being written; a `warning` is a decision that somebody should
    look at; a `note` tells which stated rule was applied.
    """

    word: str
    level: Level
    summary: str
    action: str


_TABLE = (
    # reading files
    Code(
        "not-utf-8",
        "error",
        "A file holds bytes that are not UTF-8.",
        "Save it as UTF-8.",
    ),
    Code(
        "open-front-matter",
        "error",
        "A page opens front matter with `---` and does not close it.",
        "End the front matter with a line `---`.",
    ),
    Code(
        "malformed-spec",
        "error",
        "spec.toml is not TOML, or holds an entry that it does not have.",
        "Correct the entry; the message names it. All entries: generator/README.md.",
    ),
    Code(
        "malformed-overlay",
        "error",
        "overlay.toml is not TOML, or an entry lacks what it needs.",
        "Correct the entry; `was` and `reason` are required.",
    ),
    Code(
        "no-pages",
        "error",
        "The spec has no page that declares anything.",
        "Check the folder; pages are .md, .markdown and .txt files.",
    ),
    Code(
        "page-over-budget",
        "error",
        "A page holds more bytes, or more rows and bullets, than are read of one page.",
        "Divide the page, or raise the limit under [budget] in spec.toml.",
    ),
    Code(
        "spec-over-budget",
        "error",
        "A spec has more pages than are read of one spec.",
        "Divide the spec, or raise the limit under [budget] in spec.toml.",
    ),
    Code(
        "unused-level",
        "note",
        "A [[level]] entry of spec.toml matches no finding.",
        "Delete it, or correct its `code` or `at`; it may stay for pages to come.",
    ),
    # recognising a page
    Code(
        "unknown-dialect",
        "warning",
        "No dialect fits the page, so nothing was read from it.",
        "Pin one under [dialects] in spec.toml, or add a dialect (CONTRIBUTING.md).",
    ),
    Code(
        "missing-package",
        "error",
        "A page declares things and never says of which package.",
        "Add the line `> **Package : name.of.package**` under the page's title.",
    ),
    Code(
        "unread-block",
        "warning",
        "A part of a page was not understood. It is not in the model.",
        "Write it in the page's dialect, or accept it in overlay.toml.",
    ),
    Code(
        "stray-text",
        "note",
        "Text behind the last cell of a table row was passed over.",
        "Remove it from the page; in Markdown it is not shown either.",
    ),
    Code(
        "repeated-table",
        "note",
        "A table of methods stands on the page twice, and both say the same.",
        "Remove one of them.",
    ),
    Code(
        "contradictory-table",
        "warning",
        "Two places of a page say different things of one method or message. Of two tables of"
        " methods the later one is used, of a message its own section.",
        "Make them agree, or settle it in overlay.toml.",
    ),
    Code(
        "contradictory-required",
        "warning",
        "A field is marked `Required` and its text says otherwise; the text, being specific, wins.",
        "Correct the mark on the page, or accept the finding in overlay.toml.",
    ),
    Code(
        "unknown-mark",
        "warning",
        "A cell that should say whether a field is required holds another word.",
        "Use ✅ or ❌.",
    ),
    Code(
        "malformed-row",
        "warning",
        "A table row has fewer cells than its header.",
        "Complete the row; missing cells count as empty.",
    ),
    Code(
        "malformed-route",
        "warning",
        "A route is not `**VERB** /path`.",
        "Write it so; verbs are GET, POST, PUT, PATCH and DELETE.",
    ),
    Code(
        "unlisted-method",
        "note",
        "A method has a section, and no row in the page's table of methods.",
        "Add the row.",
    ),
    Code(
        "incomplete-method",
        "error",
        "A method's request or response type stands nowhere on the page.",
        "Add the method to the table of methods, with both types.",
    ),
    Code(
        "unread-example",
        "warning",
        "An example is not JSON, so it is kept as text and not used.",
        "Correct the example.",
    ),
    Code(
        "unusable-donor",
        "error",
        "A donor that spec.toml names cannot be read, or has errors of its own.",
        "Correct its path under `donors`, or the donor.",
    ),
    # overlay
    Code(
        "unknown-target",
        "error",
        "An overlay entry is about something that no page declares.",
        "Correct its `at`.",
    ),
    Code(
        "stale-correction",
        "error",
        "The page no longer says what an overlay entry's `was` says that it says.",
        "Look at the page again; update or delete the entry.",
    ),
    Code(
        "unused-accept",
        "error",
        "An [[accept]] entry matches no finding.",
        "Delete it.",
    ),
    # symbols and types
    Code(
        "renamed-identifier",
        "warning",
        "A name cannot be an identifier, so the outputs use another one.",
        "JSON keeps the documented name; correct the page if it is a slip.",
    ),
    Code(
        "duplicate-declaration",
        "warning",
        "One package declares a name twice, differently; the later one gets its page's name"
        " as a prefix.",
        "Settle it on the pages.",
    ),
    Code(
        "repeated-declaration",
        "note",
        "One package declares a message twice, alike; the files share one declaration.",
        "Nothing needs to be done.",
    ),
    Code(
        "duplicate-field",
        "warning",
        "A message has two fields, or a service two methods, of one name; the first one counts.",
        "Remove one from the page.",
    ),
    Code(
        "malformed-type",
        "error",
        "A type is not a name.",
        "Write a scalar type, the name of a message, or `list of` one of them.",
    ),
    Code(
        "undeclared-type",
        "warning",
        "No page declares a type. It becomes an open type: a name, and no more than is known.",
        "Document it, name its package under `uses` in spec.toml, or declare it in overlay.toml.",
    ),
    Code(
        "ambiguous-type",
        "warning",
        "Several packages declare the type that a page names in short.",
        "Write the type in full, or list the package under `uses` in spec.toml.",
    ),
    Code(
        "inferred-type",
        "note",
        "A type was found by a rule: the page gives less than its full name.",
        "Nothing needs to be done; the full name on the page makes it certain.",
    ),
    Code(
        "inferred-repeated",
        "note",
        "A field is a list by a rule: the page has no mark for lists.",
        "Nothing needs to be done; an overlay entry can say otherwise.",
    ),
    Code(
        "unusable-type",
        "error",
        "A method's request or response is a scalar or an enum; gRPC needs a message.",
        "Correct the type, or declare a message of that name in overlay.toml.",
    ),
    Code(
        "donated-fact",
        "note",
        "A fact that no page states was taken from another edition of the API.",
        "Nothing needs to be done; an overlay entry outranks a donor.",
    ),
    Code(
        "suggested-fact",
        "note",
        "A rule makes a fact likely that no page states; it is not certain enough to be used.",
        "State it in overlay.toml if it is so; `apiscribe lint --suggest` writes the entry.",
    ),
    Code(
        "contradictory-link",
        "warning",
        "A type's link leads to another message than its text names; the text counts.",
        "Correct the link.",
    ),
    # routes
    Code(
        "duplicate-route",
        "warning",
        "Two methods answer to one verb and path; over HTTP the first one wins.",
        "Change one of the routes.",
    ),
    Code(
        "unknown-path-parameter",
        "warning",
        "A route has a `{parameter}` that is no field of the request.",
        "Correct its name, or add the field.",
    ),
    # outputs
    Code(
        "uncompilable-output",
        "error",
        "What would be written does not compile. This is a fault of apiscribe.",
        "Report it with the page that the message names.",
    ),
)

CODES = {code.word: code for code in _TABLE}
