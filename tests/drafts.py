"""Apis of every shape, for Hypothesis: drafts of pages, lowered as pages are.

So they are what the reader can make: names, numbers and places follow its rules.
"""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.emit.pages.text import settled
from apiscribe.lower import lower
from apiscribe.model.api import Api
from apiscribe.model.draft import (
    EnumDraft,
    ExampleDraft,
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    RouteDraft,
    ServiceDraft,
    TypeDraft,
    ValueDraft,
)
from apiscribe.model.lock import Lock
from apiscribe.model.overlay import Overlay
from apiscribe.model.settings import Settings
from apiscribe.model.types import SCALARS

SPAN = Span("pages/page.md", 1, 1)

# What pages, forms and site generators might take for something else than text.
PIECES = [
    *"# ## > - -- --- * ** *** + = === | || ~~~ ` `` ``` ```` _ __ ___ : :: \\ \\\\ \\| \\* & < {".split(),
    *"1. 1) 23. [x] [x]: [^1]: ![i](j) [a](b) **b** *i* `c` `a|b` `<div>` `<b>` ``a`b`` `\\`".split(),
    *"<br> <br/> <div> </div> <p> <span> <script> </table> <td> <ul><li> <!-- --> <!x &amp; &lt;".split(),
    *"&copy; &copy &#35; &#x23; &nbsp; a&b desc: desc : required Optional Required true".split(),
    *"{{ }} {{< {{% {{</* */>}} >}} %}} {% %} {{<x>}} {{%y%}} {%endhint%} {{</*z*/>}} #} {#".split(),
    *"is_required: IS_REQUIRED:true false Package: Methods: Methods x Repeated … ... é 中文 🙂".split(),
    *["is_required: true", "Book Methods:", "**GET** /x", "list of x", "stream x", "Package : a.b"],
    *[
        "|---|---|",
        "| a | b |",
        "- [ ] x",
        "    x",
        "\tx",
        "a  b",
        "a ",
        "\u00a0",
        "\u2028",
        "\x0b",
    ],
    *[
        "\n",
        "\n\n",
        "\n\n\n",
        "\n- ",
        "\n# ",
        "\n> ",
        "\n| ",
        "\n---",
        "\n```\n",
        "\n1. ",
        "\n<br>\n",
    ],
    *[
        "\n\n---\n\n",
        "\n    x",
        "\n{% tabs %}\n",
        "\n{{< tab >}}\n",
        "\n***\n",
        "\n=\n",
        "\n* *\n",
        "\\",
    ],
    *[
        "\x7f",
        "\u200b",
        "\ufeff",
        "\u202e",
        '"',
        "'",
        '"""',
        "http://x.y/?a&b",
        "a@b.c",
        "$x$",
        "%d",
    ],
]
WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=6)
# What forms would take for something else as a whole.
WHOLE = [
    *["desc: x", "desc : desc: y", "x\n\ndesc: y", "Book Methods:\nx", "x Methods", "…", "..."],
    *["is_required: true", "x\nis_required: true", "x\n\nIS_REQUIRED : no", "Required", "optional"],
]
TEXT = st.one_of(
    st.just(""),
    st.sampled_from(WHOLE),
    st.lists(st.sampled_from(PIECES) | WORDS, max_size=6).map("".join),
    st.lists(st.sampled_from(PIECES) | WORDS, max_size=6).map(" ".join),
)
# A name is on one line; blanks in it are folded. Marks and unseen characters alone are no name.
NAMES_AS_WRITTEN = TEXT.map(lambda text: " ".join(text.split())[:60]).filter(
    lambda text: text.strip("*`_ \u200b\ufeff") and text not in ("…", "...")
)
IDENTIFIERS = st.one_of(
    st.sampled_from(
        "Job job jobs State state string Message Messages Enum enum Methods Query Empty Struct"
        " results total_count only _ _x_ __x__ X_ status Status Status_2 JOB NONE None google"
        " shop v1 stream list option description".split()
    ),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True),
)
PACKAGES = st.sampled_from(
    ["shop.v1", "shop.v2", "shop", "core.v1", "_a._b_", "google.shop", "x.shop.v1"]
)
# No other package of google than protobuf's own has a type that a page may refer to.
REFERENCED = PACKAGES.filter(lambda package: not package.startswith("google."))
STEMS = st.sampled_from(
    ["job", "Job_task", "job-task", "README", "a b", "(x)", "a.b", "é", "class"]
)
SEGMENTS = st.sampled_from(
    ["job", "{job_id}", "{state}", "a*b*", "_x_", "a&copy;b", "~", "!", "x:y", "v1"]
)


def _values(names: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[ValueDraft, ...]]:
    values = names.map(lambda name: ValueDraft(name=name, span=SPAN))
    return st.lists(values, max_size=4).map(tuple)


@st.composite
def types(draw: st.DrawFn, of_method: bool = False) -> TypeDraft:
    values: tuple[ValueDraft, ...] = ()
    name = draw(IDENTIFIERS)
    if draw(st.booleans()):
        name = f"{draw(st.sampled_from(['', '.']))}{draw(REFERENCED)}.{name}"
    elif draw(st.booleans()):
        name = "google.protobuf.Struct"
    elif not of_method and draw(st.booleans()):
        values = draw(_values(IDENTIFIERS | NAMES_AS_WRITTEN))
        name = (
            draw(st.sampled_from(["", "State", "Job.State", "Query.Status"])) if values else "int32"
        )
    elif not of_method:
        name = draw(st.sampled_from(sorted(SCALARS)))
    return TypeDraft(
        name=name,
        values=values,
        repeated=None if of_method else draw(st.sampled_from([None, True, False])),
        streams=of_method and draw(st.booleans()),
        span=SPAN,
    )


FIELDS = st.builds(
    FieldDraft,
    name=IDENTIFIERS | NAMES_AS_WRITTEN,
    type=types(),
    required=st.sampled_from([None, True, False]),
    # As pages give it: a rule looks at descriptions of one line.
    description=TEXT.map(settled),
    span=st.just(SPAN),
)


def _examples(roles: list[str]) -> st.SearchStrategy[tuple[ExampleDraft, ...]]:
    lines = st.lists(TEXT.map(lambda text: f"{text}\n"), max_size=3).map("".join)
    texts = lines | st.sampled_from(
        ['{"a": [1, "```"]}\n', "{{< x >}}\n", "{% endtab %}\n", "\n\n"]
    )
    return st.lists(
        # To the reader a no-break space is a blank, everywhere on a page.
        st.builds(
            ExampleDraft,
            role=st.sampled_from(roles),
            text=texts.map(lambda text: text.replace("\xa0", "")),
            span=st.just(SPAN),
        ),
        max_size=2,
    ).map(tuple)


MESSAGES = st.builds(
    MessageDraft,
    name=IDENTIFIERS,
    fields=st.lists(FIELDS, max_size=4).map(tuple),
    description=TEXT,
    examples=_examples(["request", "response", "message"]),
    incomplete=st.booleans(),
    span=st.just(SPAN),
)
ENUMS = st.builds(
    EnumDraft,
    name=st.sampled_from(["State", "Status", "Job.State", "Query.Status", "Kind"]),
    values=_values(IDENTIFIERS | NAMES_AS_WRITTEN),
    incomplete=st.booleans(),
    span=st.just(SPAN),
)
ROUTES = st.builds(
    RouteDraft,
    verb=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    path=st.lists(SEGMENTS, max_size=3).map(lambda parts: "/" + "/".join(parts)),
    span=st.just(SPAN),
)
METHODS = st.builds(
    MethodDraft,
    name=IDENTIFIERS,
    request=types(of_method=True),
    response=types(of_method=True),
    routes=st.lists(ROUTES, max_size=3).map(tuple),
    description=TEXT,
    examples=_examples(["request", "response"]),
    span=st.just(SPAN),
)
SERVICES = st.builds(
    ServiceDraft,
    name=IDENTIFIERS,
    methods=st.lists(METHODS, max_size=3).map(tuple),
    description=TEXT,
    span=st.just(SPAN),
)


@st.composite
def pages(draw: st.DrawFn) -> PageDraft:
    package = draw(PACKAGES)
    folder = draw(st.sampled_from(["", package.replace(".", "/") + "/", "x y/"]))
    return PageDraft(
        dialect="",
        path=f"pages/{folder}{draw(STEMS)}.md",
        package=package,
        description=draw(TEXT),
        services=tuple(draw(st.lists(SERVICES, max_size=2))),
        messages=tuple(draw(st.lists(MESSAGES, max_size=3))),
        enums=tuple(draw(st.lists(ENUMS, max_size=2))),
        lists_values=draw(st.booleans()),
        span=SPAN,
    )


@st.composite
def apis(draw: st.DrawFn) -> Api:
    """An Api that the reader could have made, without an error.

    One with a message that is named as a package is none: it does not compile, and is not emitted.
    """
    drafts = draw(st.lists(pages(), min_size=1, max_size=3, unique_by=lambda page: page.path))
    drafts.sort(key=lambda page: page.path.split("/"))
    report = Report()
    api, _ = lower(
        "shop", drafts, Settings(), (Overlay(), Source("overlay.toml", "")), (), Lock(), report
    )
    assume(not report.at("error"))
    packages = tuple(f"{file.package}." for file in api.files)
    assume(not any(p.startswith(f"{m.full_name}.") for _, m in api.messages() for p in packages))
    return api
