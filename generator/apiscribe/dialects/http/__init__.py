"""Pages about HTTP APIs of any project, in Markdown or MDX.

Nothing here knows a project. Recognisers are small functions over the parts of a page: operations
(`places`, `ownership`), the roles of parts by the words of their labels (`words`, `context`), lists
of members (`member_tables`, `member_lists`, `component_members`), messages (`objects`). The words
are data, in words.toml. An operation needs evidence: a verb and a path in one of the places of
`places`.
"""

from __future__ import annotations

from apiscribe.dialects.dialect import Dialect
from apiscribe.dialects.http.page import count_evidence, recognise_facts, recognise_page

__all__ = ["HTTP", "recognise_facts"]

HTTP = Dialect(name="http", fits=count_evidence, recognise=recognise_page)
