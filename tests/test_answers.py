"""What `explain` and the handlers' stubs say of a server is what the server does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from score import CORPUS
from serving import SHOP, build, package, write_spec

from apiscribe.build import read
from apiscribe.emit import python_files
from apiscribe.explain import explain_symbol
from apiscribe.handlers.answers import Answers, who_answers

SPECS = Path(__file__).parent.parent / "specs"

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
| STATE | string |

### OtherInfo
| Field | Type |
| :--- | :--- |
| jar_id | string |

### JarsInfo
| Field | Type |
| :--- | :--- |
| results | list of JarInfo |
"""


def spec(name: str, folder: Path) -> Path:
    if name in ("cloudforet", "spaceone"):
        return SPECS / name
    if name in ("1.2.2", "2.x"):
        if not (CORPUS / "corpus" / name).is_dir():
            pytest.skip("no corpus: APISCRIBE_CORPUS names no folder of it")
        folder = folder / f"answers_{name.replace('.', '_')}"
        folder.symlink_to(CORPUS / "corpus" / name)
        return folder
    files = {
        "answered_shop": {
            **SHOP,
            "spec.toml": 'name = "answered_shop"\nuses = ["spaceone.api.core.v1"]\n',
        },
        "jars": {"spec.toml": 'name = "jars"\n', "pages/jar.md": SHAPES},
        "jars_with_state": {
            "spec.toml": 'name = "jars_with_state"\n',
            "pages/jar.md": SHAPES.replace("STATE", "state"),
        },
    }
    return write_spec(folder / name, files[name])


@pytest.mark.parametrize(
    "name", ["cloudforet", "spaceone", "answered_shop", "jars", "jars_with_state", "1.2.2", "2.x"]
)
def test_who_answers_is_who_answers(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How it is laid out is not the question here, and takes most of the time.
    monkeypatch.setattr(python_files, "_laid_out", str)
    monkeypatch.setattr(sys, "path", list(sys.path))
    folder = spec(name, tmp_path)
    told = who_answers(read(folder).api)
    tree = build(folder, tmp_path / f"built_{name}")
    api = package(tree, "catalog").API
    behaviour_of = package(tree, "runtime.behaviours").behaviour_of
    found = {}
    for service in api.services:
        for method in service.methods:
            full_name = f"{service.full_name}.{method.name}"
            if method.request_streams:
                found[full_name] = Answers.NOBODY
            elif behaviour_of(service, method):
                found[full_name] = Answers.ITSELF
            else:
                found[full_name] = Answers.EXAMPLE if method.response_examples else Answers.HOOK
    assert told == found
    assert Answers.ITSELF in found.values()


def test_explain_shows_what_a_service_keeps_and_who_answers(tmp_path: Path) -> None:
    text = explain_symbol("Jar", [read(spec("jars_with_state", tmp_path)).api])
    assert text is not None
    shown, _, entry = text.partition("\n\njars_with_state: jars.v1.Jar\n")
    assert entry.startswith("{")
    assert shown.splitlines() == [
        "jars_with_state: jars.v1.Jar keeps jars.v1.JarInfo"
        " (listed: What the answer of `list` repeats is what the service keeps.)",
        "  key          jar_id"
        " (own-id: `<service>_id` is the key, unless `get` requires other fields and not it.)",
        "  tenant       none",
        "  state        state",
        "  created      none",
        "  updated      none",
        "  identifying  jar_id, state",
        "  Where no rule is named, the name told it, or [resources] in spec.toml.",
        "",
        "  create      the server answers by itself",
        '  register    needs a hook: @implements("jars.v1.Jar.register")',
        "  update      the server answers by itself",
        "  enable      the server answers by itself",
        '  disable     needs a hook: @implements("jars.v1.Jar.disable")',
        "  delete      the server answers by itself",
        "  deregister  the server answers by itself",
        "  get         the server answers by itself",
        "  list        the server answers by itself",
        "  stat        the server answers by itself",
        '  analyze     needs a hook: @implements("jars.v1.Jar.analyze")',
        '  break       needs a hook: @implements("jars.v1.Jar.break")',
        "  show        the server shows the example of the page, until a hook answers",
    ]
