"""What `explain` and the handlers' stubs say of a server is what the server does."""

from __future__ import annotations

import sys
from pathlib import Path

from serving import write_spec

from apiscribe.commands.explain_text import explain_symbol
from apiscribe.emit.handlers.answers import Answers, who_answers
from apiscribe.sources.compilation import compile_folder

# Every verb in shapes that fit and in shapes that do not.
SHAPES = """
# Jar

> **Package : jars.v1**

## Jar

| Method | Request | Response |
| :--- | :--- | :--- |
| create | JarRequest | JarInfo |
| register | JarRequest | OtherInfo |
| update | JarRequest | JarInfo |
| enable | JarRequest | JarInfo |
| disable | JarRequest | google.protobuf.Empty |
| delete | JarRequest | JarInfo |
| deregister | JarRequest | google.protobuf.Empty |
| get | JarRequest | JarInfo |
| list | JarRequest | JarsInfo |
| stat | JarStatRequest | google.protobuf.Struct |
| analyze | JarRequest | google.protobuf.Struct |
| break | JarRequest | JarInfo |
| show | JarRequest | JarInfo |

### show
> **GET** /jars/v1/jar/{jar_id}/show

{% tabs %}
{% tab title="Response Example" %}
```text
{"jar_id": "jar-1"}
```
{% endtab %}
{% endtabs %}

## Message

### JarRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| jar_id | string | ✅ |

### JarStatRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| query | JarQuery | ✅ |

### JarQuery
| Field | Type | Required |
| :--- | :--- | :---: |
| filter | list of string | ❌ |
| page | int32 | ❌ |

### JarInfo
| Field | Type |
| :--- | :--- |
| jar_id | string |
| state | string |

### OtherInfo
| Field | Type |
| :--- | :--- |
| jar_id | string |

### JarsInfo
| Field | Type |
| :--- | :--- |
| results | list of JarInfo |
"""


def spec(folder: Path) -> Path:
    return write_spec(folder / "jars", {"spec.toml": 'name = "jars"\n', "pages/jar.md": SHAPES})


def test_nothing_generated_is_imported_to_learn_who_answers(tmp_path: Path) -> None:
    before = set(sys.modules)
    api = compile_folder(spec(tmp_path)).api
    assert who_answers(api)["jars.v1.Jar.get"] is Answers.ITSELF
    assert explain_symbol("Jar", [api])
    loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
    assert not loaded & {"jars", "pydantic", "sqlalchemy", "grpc"}


def test_explain_shows_the_resource_and_the_implementation_of_methods(tmp_path: Path) -> None:
    text = explain_symbol("Jar", [compile_folder(spec(tmp_path)).api])
    assert text is not None
    shown, _, entry = text.partition("\n\njars: jars.v1.Jar, pages/jar.md:")
    assert "\n    stores jars.v1.JarInfo: key jar_id" in entry
    assert shown.splitlines() == [
        "jars: jars.v1.Jar stores jars.v1.JarInfo"
        " (listed: Items in the response of `list` are the rows of a service.)",
        "  key          jar_id"
        " (own-id: `<service>_id` is the key, unless `get` requires other fields instead.)",
        "  tenant       none",
        "  state        state",
        "  created      none",
        "  updated      none",
        "  identifying  jar_id, state",
        "  prefix       jar (shown-id: Keys of new rows begin as most keys in examples do: with the words"
        " before a hyphen and 12 hexadecimal digits, or with the words and the separator before a part"
        " with a digit (`cus_8f2k`). If examples show keys without such a prefix, new keys are UUIDs.)",
        "  Without a rule: taken from the field's name, or from [resources] in spec.toml.",
        "",
        "  create      implemented by the server",
        '  register    needs a handler: @implements("jars.v1.Jar.register")',
        "  update      implemented by the server",
        "  enable      implemented by the server",
        '  disable     needs a handler: @implements("jars.v1.Jar.disable")',
        "  delete      implemented by the server",
        "  deregister  implemented by the server as delete (standard-name)",
        "  get         implemented by the server",
        "  list        implemented by the server",
        "  stat        implemented by the server",
        '  analyze     needs a handler: @implements("jars.v1.Jar.analyze")',
        '  break       needs a handler: @implements("jars.v1.Jar.break")',
        "  show        returns the example in the page, until a handler implements it",
    ]
