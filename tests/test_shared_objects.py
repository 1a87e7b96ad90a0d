"""Names that equal objects share are in the lock, and stay when the pages change."""

from __future__ import annotations

from pathlib import Path

from locked_pages import read_and_lock

from apiscribe.model.lock import LOCK_FILE, Lock
from apiscribe.model.lock.merge import merge_locks
from apiscribe.sources.compilation import compile_folder

CREATE = """
## Create a tenant

`POST /tenants`

| Field | Type |
| --- | --- |
| name | string |
| address | object |
| address.city | string |

Returns `204`.
"""
UPDATE = CREATE.replace("Create", "Update").replace("POST /tenants", "PUT /tenants/{id}")
MOVE = CREATE.replace("Create", "Move").replace("POST /tenants", "POST /tenants/{id}/move")


def addresses(folder: Path, *sections: str) -> dict[str, str]:
    """Write a page, read it, and return each request with the type of its address."""
    (folder / "pages").mkdir(exist_ok=True)
    (folder / "pages" / "tenants.md").write_text("# Tenants\n" + "".join(sections), "utf-8")
    return {
        message.name: field.type.name.rpartition(".")[2]
        for _, message in read_and_lock(folder).api.messages()
        for field in message.fields
        if field.name == "address"
    }


def test_an_object_that_comes_later_has_the_shared_name(tmp_path: Path) -> None:
    shared = {"CreateTenantRequest": "Address", "UpdateTenantRequest": "Address"}
    assert addresses(tmp_path, CREATE, UPDATE) == shared
    moved = {**shared, "MoveTenantRequest": "Address"}
    assert addresses(tmp_path, MOVE, CREATE, UPDATE) == moved
    assert addresses(tmp_path, UPDATE) == {"UpdateTenantRequest": "Address"}


def test_an_object_that_changes_gets_a_name_of_its_own_with_its_numbers(tmp_path: Path) -> None:
    addresses(tmp_path, CREATE, UPDATE)
    city = "| address.city | string |"
    changed = UPDATE.replace(city, f"| address.street | string |\n{city}")
    assert addresses(tmp_path, CREATE, changed) == {
        "CreateTenantRequest": "Address",
        "UpdateTenantRequest": "UpdateTenantRequestAddress",
    }
    numbers = {
        field.name: field.number
        for _, message in compile_folder(tmp_path).api.messages()
        for field in message.fields
        if message.name == "UpdateTenantRequestAddress"
    }
    assert numbers == {"city": 1, "street": 2}


def test_two_branches_may_share_one_name() -> None:
    branches = [
        Lock(names={"shop": {"objects": {f"{request}Address": "Address"}}})
        for request in ("CreateTenantRequest", "UpdateTenantRequest")
    ]
    merged, moved = merge_locks(*branches)
    assert moved == []
    assert len(merged.names["shop"]["objects"]) == 2


def test_objects_keep_the_names_that_the_lock_has(tmp_path: Path) -> None:
    addresses(tmp_path, CREATE)
    text = (tmp_path / LOCK_FILE).read_text("utf-8")
    assert "CreateTenantRequestAddress" in text
    assert addresses(tmp_path, CREATE, UPDATE) == {
        "CreateTenantRequest": "CreateTenantRequestAddress",
        "UpdateTenantRequest": "UpdateTenantRequestAddress",
    }


TENANT = '{"city": "Cork", "floor": 2, "since": "2024-01-01"}'
IN_A_WRAPPER = f"""
## List tenants

`GET /tenants`

Returns `200`:

```json
{{"data": {{"results": [{TENANT}], "total": 1}}}}
```

## Tenants of a house

`GET /houses/{{house_id}}/tenants`

Returns `200`:

```json
{{"data": [{TENANT}]}}
```
"""


def test_an_item_in_a_message_of_the_lock_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "tenants.md").write_text(f"# Tenants\n{IN_A_WRAPPER}", "utf-8")
    names = [
        [message.name for _, message in read_and_lock(tmp_path).api.messages()] for _ in range(3)
    ]
    assert "Tenant" in names[0]
    assert names[0] == names[1] == names[2]
