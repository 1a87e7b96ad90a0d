"""Codes for parts of a page that do not fit its dialect."""

from __future__ import annotations

from apiscribe.diagnostics.codes.code import Code, Message

MISSING_PACKAGE = Code(
    word="missing-package",
    level="error",
    summary="A page declares a service or types but does not state its package.",
    action="Add the line `> **Package : name.of.package**` below the page's title.",
)


def missing_package() -> Message:
    """Report a page without a package."""
    return MISSING_PACKAGE(
        "the page has declarations but no line `> **Package : name.of.package**`"
    )


UNREAD_BLOCK = Code(
    word="unread-block",
    level="warning",
    summary="A part of the page was not understood, so nothing is generated from it.",
    action="Rewrite it in the page's dialect, or accept the diagnostic in overlay.toml.",
)


def unread_block(kind: str) -> Message:
    """Report a block, such as a `paragraph`, that does not belong to any declaration."""
    return UNREAD_BLOCK(f"this {kind} does not fit the page's dialect; it is not read")


def list_of_members(known: int, of: int) -> Message:
    """Report a list with members of a declaration and other items."""
    return UNREAD_BLOCK(
        f"{known} of the {of} items of this list have the form of a field or a declaration; a list"
        " is read only if all have"
    )


def field_of_heading() -> Message:
    """Report the heading of a field, or the type below it, beside headings in another form."""
    return UNREAD_BLOCK(
        "this states the type of a field with a heading of its own; such headings are read only if"
        " all below the message have a form of fields",
        help="Write all of them in one form, or list the fields in a table.",
    )


def methods_without_service(what: str = "code") -> Message:
    """Report code, or a heading, that declares methods where no heading names a service."""
    return UNREAD_BLOCK(
        f"this {what} declares methods, but no heading above is that of a service; they are not"
        " read",
        help="Name the service in a heading above, such as `## Service Orders`.",
    )


def broken_text() -> Message:
    """Report a block of code with declarations that is not in the grammar of protobuf."""
    return UNREAD_BLOCK(
        "this code has declarations of protobuf, but is not in its grammar; it is not read",
        help="Complete its text: no `...`, and an end for each brace.",
    )


def deep_block(kind: str) -> Message:
    """Report a block with too many levels of nesting."""
    return UNREAD_BLOCK(f"this {kind} is nested too deeply; it is not read")


def deep_lines(kind: str) -> Message:
    """Report the lines of a block from which on the nesting is too deep."""
    return UNREAD_BLOCK(f"these lines of a {kind} are nested too deeply; they are not read")


def unread_front_matter() -> Message:
    """Report a line of front matter that is not an entry."""
    return UNREAD_BLOCK("this line of front matter is not read; expected `key: value`")


def unread_column(header: str) -> Message:
    """Report a table column with an unknown header, or with the same meaning as another one."""
    return UNREAD_BLOCK(f'the column "{header}" is unknown or repeated; it is not read')


def text_in_no_cell(text: str) -> Message:
    """Report text inside of a table's HTML that is not in a cell."""
    return UNREAD_BLOCK(f'"{text}" is in the table but not in a cell; it is not read')


def text_below_table(text: str) -> Message:
    """Report text directly below a table's last row."""
    return UNREAD_BLOCK(f'"{text}" is below the table and not in a cell; it is not read')


def unread_method_row(name: str) -> Message:
    """Report a row of a method's type table that is neither its request nor its response."""
    return UNREAD_BLOCK(
        f'unknown row "{name}" in the types of a method; expected Request or Response'
    )


def unread_in_method_quote() -> Message:
    """Report a block in a method's quote that is not a paragraph."""
    return UNREAD_BLOCK(
        "this part of a method's quote is not read; expected a route or a description"
    )


def below_label(label: str, section: str) -> Message:
    """Report a list in a section, below a name that looks like a heading and is none."""
    return UNREAD_BLOCK(
        f'this list is below "{label}", which is not a heading, in the section of {section}; it is'
        " not read",
        help="Write the name as a heading, with a blank between `###` and the name; or list"
        " everything in one table.",
    )


def nameless_row() -> Message:
    """Report a row of a table that declares something without its name."""
    return UNREAD_BLOCK(
        "the row has no name; it is not read", help="Write the name, or remove the row."
    )


def unread_list_item() -> Message:
    """Report a list item that is not a field."""
    return UNREAD_BLOCK("this list item is not a field; expected `**name** (type)`")


def unread_below_field(field: str) -> Message:
    """Report a block below a field that is not its description."""
    return UNREAD_BLOCK(f"this part below the field {field} is not text; it is not read")


UNREAD_PARTS = Code(
    word="unread-parts",
    level="note",
    summary="A page about HTTP has tables that belong to no operation and no message, so nothing"
    " is generated from them.",
    action="If they list parameters or fields, put them below a heading with the method and path"
    " of the operation, or with the name of the object.",
)


def unread_parts(tables: int) -> Message:
    """Report the tables of a page that declare nothing; the first one is marked."""
    what = "a table" if tables == 1 else f"{tables} tables"
    return UNREAD_PARTS(f"the page has {what} outside of operations and objects; not read")


UNREAD_MEMBERS = Code(
    word="unread-members",
    level="warning",
    summary="A label such as `Body parameters` or a column of types states that a part of an"
    " operation has members, but none was read from it. The outputs lack them.",
    action="Write each member as `name` (type): description, or as a row with its name. Correct"
    " examples so that they are JSON.",
)


def unread_members(count: int) -> Message:
    """Report the lists, rows and examples of operations without members; the first is marked."""
    what = "a list, a row or an example" if count == 1 else f"{count} lists, rows or examples"
    return UNREAD_MEMBERS(f"no member is read from {what} of operations")


STRAY_TEXT = Code(
    word="stray-text",
    level="note",
    summary="Text after the last cell of a row, or between two method tables, was ignored.",
    action="Remove the text from the page; a template may have left it there.",
)


def text_after_row(text: str) -> Message:
    """Report text after the end of a table row."""
    return STRAY_TEXT(f'"{text}" is after the last cell of the row; it is ignored')


def repeated_last_cell() -> Message:
    """Report a row that ends with copies of its last cell."""
    return STRAY_TEXT("the row ends with a copy of its last cell; the copy is ignored")


def text_between_tables(text: str) -> Message:
    """Report a paragraph between two method tables of one service."""
    return STRAY_TEXT(f'"{text}" is between two method tables; it is ignored')


UNKNOWN_MARK = Code(
    word="unknown-mark",
    level="warning",
    summary="A field has an unknown mark, for example in the column `Required`.",
    action="Use ✅ or ❌.",
)


def unknown_required_mark(value: str) -> Message:
    """Report a table cell that should state whether a field is required."""
    return UNKNOWN_MARK(f'"{value}" is not a mark of a required field; expected ✅ or ❌')


def unknown_field_mark(mark: str) -> Message:
    """Report an unknown mark after a field in a list."""
    return UNKNOWN_MARK(
        f'"{mark}" is not a mark of a field; expected Required, Optional or Repeated',
        help="Use `Required`, `Optional` or `Repeated`.",
    )


def unknown_is_required(field: str, value: str) -> Message:
    """Report an unknown value of `is_required` in a field's text."""
    return UNKNOWN_MARK(
        f'is_required of {field} is "{value}"; expected true, false or unknown',
        help="Use true, false or unknown.",
    )


CONTRADICTORY_REQUIRED = Code(
    word="contradictory-required",
    level="warning",
    summary="The `Required` mark of a field contradicts its text."
    " The text is used, because it is more specific.",
    action="Correct the mark on the page, or accept the diagnostic in overlay.toml.",
)


def contradictory_required(field: str, *, marked: bool, required: bool) -> Message:
    """Report a field with a `Required` mark that contradicts its `is_required`."""
    return CONTRADICTORY_REQUIRED(
        f"{field} is {'' if marked else 'not '}marked `Required`, but its text states"
        f" is_required: {str(required).lower()}; the text is used"
    )


OPEN_ONEOF = Code(
    word="open-oneof",
    level="note",
    summary="A page has a row for a oneof, but does not state which of the fields below it are in"
    " the oneof. They are generated outside it; their encoding is the same.",
    action="Set `oneof` of the fields in overlay.toml, or name a reference version.",
)


def oneof_without_end(name: str) -> Message:
    """Report a row that names a oneof, before its fields."""
    return OPEN_ONEOF(f"{name} is a oneof, but the page does not state which fields are in it")


MALFORMED_ROW = Code(
    word="malformed-row",
    level="warning",
    summary="A table row has fewer cells than the header.",
    action="Complete the row; missing cells count as empty.",
)


def malformed_row(cells: int, columns: int) -> Message:
    """Report a table row that is too short."""
    return MALFORMED_ROW(f"the row has {cells} of {columns} cells")
