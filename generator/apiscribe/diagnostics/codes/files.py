"""Codes for files and folders that cannot be read, or not completely."""

from __future__ import annotations

from apiscribe.diagnostics.codes.code import Code, Message

NOT_UTF_8 = Code(
    word="not-utf-8",
    level="error",
    summary="A file contains bytes that are not valid UTF-8.",
    action="Save the file as UTF-8.",
)


def not_utf_8(byte: int) -> Message:
    """Report the first byte of a file that is not valid UTF-8."""
    return NOT_UTF_8(f"byte 0x{byte:02x} is not valid UTF-8")


def utf_16() -> Message:
    """Report a file that begins with the byte order mark of UTF-16."""
    return NOT_UTF_8(
        "the file is UTF-16; expected UTF-8",
        help="Save the file as UTF-8, for example with `iconv -f UTF-16 -t UTF-8`.",
    )


def binary_file() -> Message:
    """Report a file with bytes that no text has."""
    return NOT_UTF_8(
        "the file is not text; expected UTF-8",
        help="Remove the file from the pages, or give it the ending of its kind.",
    )


UNCLOSED_FRONT_MATTER = Code(
    word="unclosed-front-matter",
    level="error",
    summary="A page opens front matter with `---` and does not close it.",
    action="Add a line `---` after the front matter.",
)


def unclosed_front_matter() -> Message:
    """Report front matter without an end."""
    return UNCLOSED_FRONT_MATTER("front matter has no closing line `---`")


_ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst")

NO_PAGES = Code(
    word="no-pages",
    level="error",
    summary="No page of the spec declares a service or a type.",
    action="Check the folder of the pages; pages are Markdown, MDX, HTML and text files.",
)


def no_pages(pages: int, others: str) -> Message:
    """Report a spec without declarations: its number of pages, and the endings of other files."""
    if pages == 1:
        return NO_PAGES("the only page declares no service and no type")
    if pages:
        return NO_PAGES(f"none of the {pages:,} pages declares a service or a type")
    if any(f"{ending} (" in others for ending in _ARCHIVES):
        return NO_PAGES(
            f"the folder has no pages, only other files: {others}",
            help="Unpack the archives; pages are Markdown, MDX, HTML and text files.",
        )
    if others:
        return NO_PAGES(
            f"the folder has no pages, only other files: {others}",
            help="Pages are Markdown, MDX, HTML and text files; convert others, for example"
            " with pandoc. `apiscribe drift` and `apiscribe adopt` also read OpenAPI and `.proto`.",
        )
    return NO_PAGES("the folder has no pages")


UNREAD_FILES = Code(
    word="unread-files",
    level="note",
    summary="The folder of the pages contains files that are not Markdown, MDX, HTML or text; they"
    " are not read.",
    action="Convert documents to Markdown, for example with pandoc. Pass OpenAPI documents to"
    " `apiscribe drift`, and `.proto` files to `apiscribe drift` or `apiscribe adopt`.",
)


def unread_files(endings: str) -> Message:
    """Report the files that are not pages: their endings, each with the number of files."""
    return UNREAD_FILES(f"files that are not pages are not read: {endings}")


BROKEN_LINK = Code(
    word="broken-link",
    level="warning",
    summary="A link in the folder of the pages leads to no file, or to a folder elsewhere. Links to"
    " folders are not followed.",
    action="Replace the link with the file or the folder, or remove it.",
)


def broken_link(path: str) -> Message:
    """Report a link with the name of a page that leads to no file."""
    return BROKEN_LINK(f"the link {path} leads to no file; it is not read")


def link_to_folder(path: str) -> Message:
    """Report a link to a folder that is not in the folder of the pages."""
    return BROKEN_LINK(f"the link {path} leads to a folder; its pages are not read")


FOREIGN_LINK = Code(
    word="foreign-link",
    level="error",
    summary="A file of the spec is a link to a place outside the spec's folder. The link is not"
    " followed, because its target would be published with the API.",
    action="Copy the file into the folder, or remove the link.",
)


def unread_input(path: str, reason: str) -> Message:
    """Report a file that is not read; `reason` continues its path."""
    return FOREIGN_LINK(f"{path} {reason}; it is not read")


NOT_A_FILE = Code(
    word="not-a-file",
    level="error",
    summary="A folder, a pipe, a socket or a device has the name of a file of the spec.",
    action="Replace it with a file, or remove it.",
)


def not_a_file(path: str) -> Message:
    """Report what is in place of a file."""
    return NOT_A_FILE(f"{path} is not a file; it is not read")


PAGE_OVER_BUDGET = Code(
    word="page-over-budget",
    level="error",
    summary="A page exceeds a limit: it has too many bytes, or too many table rows and list items.",
    action="Split the page, or raise the limit under [budget] in spec.toml.",
)


def too_many_bytes(count: int, limit: int) -> Message:
    """Report a page that is too large to be read."""
    return PAGE_OVER_BUDGET(
        f"the page has {count:,} bytes, more than the limit of {limit:,}; it is not read",
        help="Split the page, or raise `page_bytes` under [budget] in spec.toml.",
    )


def too_large(path: str, limit: int) -> Message:
    """Report a file of a spec, besides its pages, that is too large to be read."""
    return PAGE_OVER_BUDGET(
        f"{path} has more than the limit of {limit:,} bytes; it is not read",
        help="Check what wrote the file; no spec needs one of this size.",
    )


def too_many_rows(count: int, limit: int) -> Message:
    """Report a page with too many table rows and list items."""
    return PAGE_OVER_BUDGET(
        f"the page has {count:,} table rows and list items, more than the limit of {limit:,};"
        " it is not read",
        help="Split the page, or raise `page_rows` under [budget] in spec.toml.",
    )


SPEC_OVER_BUDGET = Code(
    word="spec-over-budget",
    level="error",
    summary="The spec has more pages than the limit. The folder may be the wrong one.",
    action="Check the folder of the pages. If it is right, split the spec, or raise `pages` under"
    " [budget] in spec.toml.",
)


def too_deep(path: str, reason: str) -> Message:
    """Report a folder that is not read; `reason` continues its path."""
    return SPEC_OVER_BUDGET(
        f"{path} {reason}; no file below it is read",
        help="Check the folder; a mount can nest folders endlessly.",
    )


def too_many_pages(count: int, limit: int, first_unread: str) -> Message:
    """Report a spec with too many pages, and the first page that is not read."""
    last = f"the last {count - limit:,} pages, from {first_unread} on, are"
    unread = last if count - limit > 1 else f"{first_unread} is"
    return SPEC_OVER_BUDGET(
        f"the spec has {count:,} pages, more than the limit of {limit:,}; {unread} not read"
    )
