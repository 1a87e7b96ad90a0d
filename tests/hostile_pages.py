"""Pages of both dialects with a placeholder in every place that a writer fills, and payloads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

GITBOOK = """\
---
description: ⟦front⟧
---
# ⟦title⟧

>  **Package : ⟦package⟧**

⟦about⟧

## ⟦heading⟧

{% hint style="info" %}
**⟦service⟧ Methods:**

{%  endhint %}

| NO |  Method | Request Type | Response Type | Description |
| :--- | :--- | :--- | :--- | :--- |
| 1 | [**⟦method⟧**](⟦link⟧)|   [⟦request⟧](job.md#getjob) |   [⟦response⟧](job.md#job) | |
| 2 | [**list**](job.md#list)|   [JobQuery](job.md#jobquery) |   [Jobs](job.md#jobs) | ⟦summary⟧ |

### ⟦method⟧
> **⟦verb⟧** ⟦path⟧
>

⟦prose⟧

{% tabs %}
{% tab title="⟦tab⟧" %}
```json
{"job_id": "⟦example⟧", "data": {"⟦key⟧": "⟦json⟧"}}
```
{% endtab %}
{% endtabs %}

### list
> **GET** /inventory/v1/jobs
>

## Message

### Job
<table>
  <thead>
    <tr>
      <th style="text-align:left">Field</th>
      <th style="text-align:left">Type</th>
      <th style="text-align:center">Required</th>
      <th style="text-align:left">Description</th>
    </tr>
  </thead>
  <tbody>
    <tr>
      <td style="text-align:left">job_id</td>
      <td style="text-align:left">string</td>
<td style="text-align:center">✅</td>
<td style="text-align:left"></td>
    </tr>
    <tr>
      <td style="text-align:left">⟦field⟧</td>
      <td style="text-align:left"><a href="⟦target⟧">⟦type⟧</a></td>
<td style="text-align:center">⟦required⟧</td>
<td style="text-align:left">⟦description⟧</td>
    </tr>
    <tr>
      <td style="text-align:left">data</td>
      <td style="text-align:left">google.protobuf.Struct</td>
<td style="text-align:center">❌</td>
<td style="text-align:left"></td>
    </tr>
    <tr>
      <td style="text-align:left">status</td>
      <td style="text-align:left"><ul>
          <li>NONE</li>
          <li>⟦value⟧</li>
        </ul></td>
<td style="text-align:center">❌</td>
<td style="text-align:left"></td>
    </tr>
  </tbody>
</table>

### ⟦message⟧
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| ⟦cell field⟧ |[⟦cell type⟧](⟦cell link⟧)|⟦cell required⟧| ⟦cell description⟧|
| other |int32|❌| |

### GetJob
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| job_id |string|✅| |

### JobQuery
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| domain_id |string|✅| |

### Jobs
| Field | Type |  Description |
| :--- | :--- | :--- |
| results |[list of Job](job.md#job) | |
| total_count |int32 | |

```json
{"results": [{"job_id": "job-1"}], "total_count": 1}
```
"""

HUGO = """\
---
title: "⟦front⟧"
linkTitle: "⟦link title⟧"
description: "⟦front description⟧"
weight: 3
---
# [⟦title⟧](#⟦anchor⟧)
desc: ⟦about⟧

>  **Package : ⟦package⟧**

<br>

## ⟦heading⟧


**⟦service⟧ Methods:**


| Method | Request | Response |
| :----- | :-------- | :-------- |
| [**⟦method⟧**](⟦link⟧) | [⟦request⟧](Job#getjob) | [⟦response⟧](./Job#job) |
| [**list**](./Job#list) | [JobQuery](Job#jobquery) | [Jobs](./Job#jobs) |


### ⟦method⟧

> **⟦verb⟧** ⟦path⟧
>

⟦prose⟧

 {{< tabs " ⟦tabs⟧ " >}}
 {{< tab "⟦tab⟧" >}}

{{< highlight json >}}
{"job_id": "⟦example⟧", "data": {"⟦key⟧": "⟦json⟧"}}
{{< /highlight >}}

 {{< /tab >}}
{{< /tabs >}}

### list

> **POST** /inventory/v1/jobs

## Message

### Job
* **job_id** (string)  `Required`

  *is_required: true*

* **⟦field⟧** (⟦type⟧)  `⟦mark⟧`

  *is_required: ⟦required⟧
desc: ⟦description⟧*

* **data** (google.protobuf.Struct)

  *is_required: false*

### ⟦message⟧
* **other** (int32)

### GetJob
* **job_id** (string)  `Required`

  *is_required: true*

### JobQuery
* **domain_id** (string)  `Required`

  *is_required: true*

### Jobs
* **results** (Job)  `Repeated`

* **total_count** (int32)
"""

PAGES = {"gitbook": GITBOOK, "hugo": HUGO}
PLACES = {
    dialect: list(dict.fromkeys(re.findall("⟦(.*?)⟧", page))) for dialect, page in PAGES.items()
}
# What a place holds where nobody is hostile; any other place holds a word.
BENIGN = {
    "package": "spaceone.api.inventory.v1",
    "heading": "Job_page",
    "service": "JobBoard",
    "method": "get",
    "request": "GetJob",
    "response": "Job",
    "verb": "GET",
    "path": "/inventory/v1/job/{job_id}",
    "tab": "Response Example",
    "field": "name",
    "type": "string",
    "required": "true",
    "mark": "Required",
    "value": "RUNNING",
    "message": "Note",
    "cell field": "text",
    "cell type": "string",
    "cell required": "✅",
    "link": "job.md#get",
    "cell link": "job.md#text",
}
# Text that nothing is made of but text.
TEXT = frozenset(
    [
        "front",
        "title",
        "about",
        "link",
        "summary",
        "prose",
        "target",
        "description",
        "anchor",
        "cell link",
        "cell description",
        "link title",
        "front description",
        "tabs",
        "key",
        "json",
    ]
)
# Text that names are made of.
NAMED = {"package", "service", "method", "message", "field", "type", "value"} | {
    *("request", "response", "cell field", "cell type")
}
# A text that is no type is an error.
TYPES = frozenset({"type", "request", "response", "cell type"})
# Here the payload is what JSON reads, not what it is written as.
JSON = frozenset({"json", "key"})

# Every way out of a comment, string, page or folder. None of them may run this:
CANARY = 'os.system("touch canary")'
PAYLOADS = {
    "comment": "*/ message Evil {}",
    "docstring": f'"""\nimport os\n{CANARY}\n"""',
    "code": f'"); import os; {CANARY}; ("',
    "backslash": "ends in a \\",
    "line": "one\r\nmessage Evil {}",
    "return": "one\rmessage Evil {}",
    "separators": f"one\u2028import os; {CANARY}\u2029message Evil {{}}\x85a\x0bb\x0cc\x1cend",
    "nul": "one\x00two",
    "bidi": "one \u202e}} live egassem\u2066 \u200b",
    "escape": "one \x1b[31m two \x9b2J",
    "sql": "'); DROP TABLE job; --",
    "jinja": "{{ 7*7 }}",
    "jinja block": "{% raw %}",
    "dollar": "${x} $(touch canary) `touch canary`",
    "format": "{0.__class__} %s %(x)s",
    "path": "../../etc/passwd",
    "script": "<script>alert(1)</script>",
    "entity": "&#xD800; &#0; &#x202E; &lt;script&gt;",
    "markup": "<!-- x --> <![CDATA[ y ]]> <?z?>",
    "declaration": "<![x",
    "surrogate": "one \ud800 two",
    "long": "a" * 10_000,
    "empty": "",
    "blanks": "  \t ",
    "emoji": "🎉👩‍👩‍👧",
    "dunder": "__class__",
    "none": "None",
    "keyword": "class",
    "option": 'option (x) = "y";',
    "java": '"; option java_package = "evil',
    "number": "1e999",
}
# These try to be names that something else has, and are harmless as text.
NAMES = {
    "longest": "A" * 200,
    "mixed case": "aA" * 90,
    "no-break": "\xa0\u3000",
    "cjk": "日本語",
    "init": "&#95;&#95;init&#95;&#95;",
    "underscore": "_",
    "digits": "_2",
    "proto keyword": "option",
    "proto type": "string",
    "python type": "str",
    "self": "self",
    "import": "message_class",
    "well known": "google.protobuf.Evil",
    "brackets": "[other]",
    "words": "two words",
}
# As a test of the tables: a payload that stands twice tries nothing new.
assert len({*PAYLOADS.values(), *NAMES.values()}) == len(PAYLOADS) + len(NAMES)


def filled(dialect: str, fill: Mapping[str, str]) -> str:
    """The dialect's page; `fill` is place → text, and a place that is not in it is benign."""

    def text(found: re.Match[str]) -> str:
        place = found[1]
        if place in fill:
            return json.dumps(fill[place])[1:-1] if place in JSON else fill[place]
        if (place, dialect) == ("required", "gitbook"):
            return "✅"
        return BENIGN.get(place, f"plain {place}")

    return re.sub("⟦(.*?)⟧", text, PAGES[dialect])


def write(folder: Path, dialect: str, fill: Mapping[str, str], name: str = "job.md") -> None:
    """A spec with one such page."""
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    content = filled(dialect, fill).encode("utf-8", "surrogatepass")
    (folder / "pages" / name).write_bytes(content)
