"""Protobuf pages, printed from `.proto` files by protoc-gen-doc, protodoc, solo-kit and others.

### Job                                              a heading, with an anchor or with words

| Field | Type | Label | Description |                 fields
| Name | Number | Description |                        values of an enum
| Method Name | Request Type | Response Type | … |     methods

A page may have many files and packages. The forms differ in words and in marks, and their words
are data (words.toml): `declarations` finds what the headings declare, `names` the full names.
"""

from __future__ import annotations

from apiscribe.dialects.dialect import Dialect
from apiscribe.dialects.protobuf.evidence import count_evidence
from apiscribe.dialects.protobuf.reader import read_protobuf_page

PROTOBUF = Dialect(name="protobuf", fits=count_evidence, recognise=read_protobuf_page)
