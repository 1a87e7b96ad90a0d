"""The labels around a part: of headings, tabs and components, and the last label before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from apiscribe.dialects.http.words import Label, read_label
from apiscribe.pages.blocks import Code, Component

_NAME_BREAKS = re.compile(r"(?<=[a-z])(?=[A-Z])|[-_]")
_TITLES = ("title", "label", "name", "status", "httpCode", "code", "summary", "value")


def merge(outer: Label, inner: Label) -> Label:
    """Return what two labels say together: of each kind, the inner one counts."""
    if inner.status:
        direction = "error" if inner.status[0] in "45" else "response"
        # "400 Bad Request" is no request.
        direction = inner.direction if inner.direction in ("response", "error") else direction
        return replace(inner, direction=direction)
    if inner.direction:
        answers = ("response", "error")
        same = inner.direction in answers and outer.direction in answers
        status = outer.status if same else ""
        place = inner.place or (outer.place if inner.direction == outer.direction else "")
        media = inner.media or (outer.media if place and not inner.place else "")
        listed = inner.listed or (outer.listed and outer.direction == inner.direction)
        return replace(inner, status=status, place=place, media=media, listed=listed)
    if not inner.is_role and inner.presence and not inner.subject:
        return replace(outer, presence=inner.presence)
    if not inner.is_role:
        return Label(direction=outer.direction, status=outer.status, subject=inner.subject)
    direction = outer.direction
    if inner.place in ("path", "query") and direction in ("response", "error"):
        direction = "request"
    place = inner.place or ("" if inner.part in ("headers", "parameters") else outer.place)
    return Label(
        direction=direction,
        part=inner.part or outer.part,
        place=place,
        presence=inner.presence or outer.presence,
        status=outer.status if direction != "request" else "",
        subject=inner.subject,
        media=inner.media or (outer.media if place == "body" else ""),
        listed=inner.listed or (outer.listed and direction == outer.direction),
    )


@dataclass
class Context:
    """The labels in force at a part of an operation."""

    headings: list[tuple[int, Label]] = field(default_factory=list)
    scopes: list[tuple[str, Label, Label]] = field(default_factory=list)
    last: Label = field(default_factory=Label)
    status: str = ""  # of a line such as "Code: 200"

    def heading(self, level: int, title: str) -> None:
        """Enter the section of a heading."""
        self.headings = [(n, label) for n, label in self.headings if n < level]
        self.headings.append((level, read_label(title)))
        self.last, self.status = Label(), ""

    def enter(self, component: Component) -> None:
        """Enter a component; its name and its title are a label each."""
        label, title = component_label(component), _title_label(component)
        label = merge(label, title) if title.is_role else label
        self.scopes.append((component.name, label, self.last))
        self.last, self.status = Label(), ""

    def leave(self, name: str) -> None:
        """Leave the innermost component of a name."""
        if not any(scope == name for scope, _, _ in self.scopes):
            return
        while self.scopes:
            scope, _, self.last = self.scopes.pop()
            if scope == name:
                return

    @property
    def label(self) -> Label:
        """What all labels say together."""
        result = Label()
        for label in (
            *(each for _, each in self.headings),
            *(s[1] for s in self.scopes),
            self.last,
        ):
            if label != Label():
                result = merge(result, label)
        if self.status and result.direction != "request" and not _is_of_request(self.last):
            error = self.status[0] in "45"
            result = replace(result, status=self.status, direction="error" if error else "response")
        return result


def _is_of_request(label: Label) -> bool:
    """Return whether a label behind a status begins the members of the request again."""
    listed = label.part == "parameters" and label.place == "body"
    return not label.direction and (label.place in ("path", "query") or listed)


def component_label(component: Component) -> Label:
    """Return what the name of a component says: `swagger-response`, `RequestExample`."""
    label = read_label(_NAME_BREAKS.sub(" ", component.name))
    return replace(label, subject="") if label.is_role else Label()


def _title_label(component: Component) -> Label:
    text = next((component.attributes[k] for k in _TITLES if component.attributes.get(k)), "")
    label = read_label(text) if len(text) < 80 else Label()
    return label if label.is_role else Label()


def code_title(block: Code) -> str:
    """Return the title of code: ` ```json title="Response" `, ` ```json 404 `."""
    title = re.search(r"title\s*=\s*[\"']([^\"']*)", block.info)
    return title[1] if title else block.info.strip(" \"'[]") if "=" not in block.info else ""


def title_status(block: Component) -> str:
    """Return the status of an answer that a component is: `status="404: Not Found"`."""
    keys = ("status", "httpCode", "code", "title")
    text = next((block.attributes[key] for key in keys if key in block.attributes), "")
    about = component_label(block).direction == "response" or block.name in ("tab", "item")
    return read_label(text).status if about and len(text) < 60 else ""
