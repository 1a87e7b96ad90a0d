"""Packages in front matter: a template may print the first part of a package twice."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apiscribe.diagnostics.codes.declarations import contradictory_package
from apiscribe.diagnostics.report import Report
from apiscribe.pages.blocks import Page

# shop.shop.v1.Job, or only its package
_DOUBLED = re.compile(
    r"(?P<first>[a-z_]\w*)\.(?P<package>(?P=first)(?:\.[a-z_]\w*)+)(?P<names>(?:\.[A-Z]\w*)*)",
    re.ASCII,
)


def without_doubled_parts(page: Page, report: Report) -> Mapping[str, str]:
    """Return the entries of front matter. Where one begins with the first part of its package
    twice, and another entry has the package without the repetition, the other one counts.
    """
    front_matter = page.front_matter
    values = dict(front_matter.values)
    for key, value in front_matter.values.items():
        match = _DOUBLED.fullmatch(value.strip())
        if not match:
            continue
        package = match["package"]
        # Entries may be lists, such as `aliases`.
        above = page.source.lines[: page.blocks[0].span.line - 1] if page.blocks else ()
        spelled = re.compile(rf"(?<![\w.]){re.escape(package)}(?![\w.])")
        if any(map(spelled.search, above)):
            doubled = f"{match['first']}.{package}"
            message = contradictory_package(doubled, package)
            report.add(message, front_matter.spans[key], mark=doubled)
            values[key] = package + match["names"]
    return values
