"""Members that components describe: `<ParamField query="limit" type="integer">`, and the like.

A component with a name and a type is a member, and so is one with a name if its own name says that
it is a parameter, a field, a property or an attribute. It holds its text and its members.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from apiscribe.dialects.http.members import Member, Name, make_member, read_name
from apiscribe.dialects.http.type_texts import type_of_text
from apiscribe.dialects.http.words import place
from apiscribe.pages.blocks import Component, Inline

_MEMBER_WORDS = re.compile(r"param|field|propert|attribute|argument", re.IGNORECASE)
_PLACES = ("body", "query", "path", "header", "cookie")
_CONTAINERS = re.compile(
    r"params|parameters|fields|properties|attributes|arguments|group|table|list$", re.IGNORECASE
)


@dataclass
class _Open:
    component: Component
    name: Name
    place: str
    texts: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)

    def member(self) -> Member:
        attributes = self.component.attributes
        span = self.component.span
        written = attributes.get("type") or attributes.get("schema") or ""
        text = type_of_text(written, (), span) if written else None
        required = {"true": True, "false": False}.get(attributes.get("required", "").lower())
        if required is None and attributes.get("optional", "").lower() == "true":
            required = False
        described = " ".join(
            t for t in (attributes.get("description", ""), *self.texts) if t.strip()
        )
        if self.values:
            described += " One of " + ", ".join(f"`{value}`" for value in self.values)
        return make_member(
            self.name,
            text,
            described.strip(),
            span,
            required=required,
            default=attributes.get("default") or attributes.get("initialValue") or "",
            location=self.place,
            members=tuple(self.members),
        )


class OpenMembers:
    """The members of open components, the innermost last."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    def read(self, component: Component) -> list[Member] | None:
        """Read a component; return the members that it completes, or None if it is no member."""
        if not component.opens:
            if not any(entry.component.name == component.name for entry in self._open):
                return None
            members: list[Member] = []
            while self._open:
                entry = self._open.pop()
                members = self._complete(entry)
                if entry.component.name == component.name:
                    break
            return members
        opened = _member_of(component)
        if opened is None:
            # A component inside of a member only arranges what the member holds.
            return [] if self._open and not component.closed else None
        if component.closed:
            return self._complete(opened)
        self._open.append(opened)
        return []

    def _complete(self, entry: _Open) -> list[Member]:
        member = entry.member()
        if self._open:
            self._open[-1].members.append(member)
            return []
        return [member]

    def take_text(self, text: str) -> bool:
        """Add a paragraph to the open member; return whether there is one."""
        if self._open:
            self._open[-1].texts.append(text)
        return bool(self._open)

    def take_values(self, values: Sequence[str]) -> bool:
        """Add the values of a list to the open member; return whether there is one."""
        if self._open:
            self._open[-1].values += values
        return bool(self._open)

    def finish(self) -> list[Member]:
        """Return the members of components that are not closed."""
        members: list[Member] = []
        while self._open:
            members = [*self._complete(self._open.pop()), *members]
        return members


def _member_of(component: Component) -> _Open | None:
    attributes = component.attributes
    about = bool(_MEMBER_WORDS.search(component.name))
    location = next((key for key in _PLACES if about and attributes.get(key)), "")
    written = attributes.get(location) if location else ""
    written = (
        written
        or attributes.get("name")
        or attributes.get("param")
        or attributes.get("field")
        or ""
    )
    typed = "type" in attributes
    if (
        not written
        or written == "true"
        or not (location or (about and not _is_container(component)) or typed)
    ):
        return None
    # Imported here, because a build with nothing changed does without a parser of Markdown.
    from apiscribe.pages.markdown_text import MARKDOWN

    name = read_name(
        Inline(written.replace("_", r"\_").replace("*", r"\*"), component.span, MARKDOWN)
    )
    if name is None:
        return None
    location = location or place(attributes.get("in") or attributes.get("location") or "")
    return _Open(component, name, location)


def _is_container(component: Component) -> bool:
    return bool(_CONTAINERS.search(component.name)) and "type" not in component.attributes
