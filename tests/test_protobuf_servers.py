"""Servers made of the protobuf pages of other projects: reflection, streams, and a published client."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from google.protobuf import json_format
from google.protobuf.message_factory import GetMessageClass
from installations import kept, make_environment
from protobuf_score import OTHER
from serving import WAIT, Server, build

from apiscribe.commands import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not OTHER.is_dir(), reason="no corpus: APISCRIBE_CORPUS names no folder with other/"
    ),
]

HANDLERS = """
from apiscribe_runtime.handlers import implements

KEYS = {}
HEADER = {"cluster_id": 1, "member_id": 2, "revision": 3, "raft_term": 4}


def in_range(request):
    first, end = request.key, request.range_end
    return sorted(key for key in KEYS if key == first or (end and first <= key < end))


@implements("etcdserverpb.KV.Put")
async def put(request, rows):
    KEYS[request.key] = request.value
    return {"header": HEADER}


@implements("etcdserverpb.KV.Range")
async def range_(request, rows):
    found = [{"key": key, "value": KEYS[key]} for key in in_range(request)]
    return {"header": HEADER, "kvs": found, "count": len(found)}


@implements("etcdserverpb.KV.DeleteRange")
async def delete_range(request, rows):
    deleted = [KEYS.pop(key) for key in in_range(request)]
    return {"header": HEADER, "deleted": len(deleted)}
"""
EVENTS = """
from apiscribe_runtime.handlers import implements


@implements("tetragon.FineGuidanceSensors.GetEvents")
async def get_events(request, rows):
    for name in ("a", "b"):
        yield {"node_name": name}
"""
# The client of PyPI has stubs of 2018, which need a protobuf of their time.
CLIENT = ("etcd3==0.12.0", "protobuf==3.20.3")
CALLS = """
import json, sys
import etcd3

client = etcd3.client(*sys.argv[1].rsplit(":", 1))
client.put("tree/1", "oak")
client.put("tree/2", b"\\xff\\x00")
client.put("bush", "hazel")
seen = {
    "get": client.get("tree/1")[0].decode(),
    "bytes": list(client.get("tree/2")[0]),
    "none": client.get("tree/3")[0],
    "prefix": [meta.key.decode() for _, meta in client.get_prefix("tree/")],
    "delete": client.delete("bush"),
    "again": client.delete("bush"),
    "delete_prefix": client.delete_prefix("tree/").deleted,
    "left": [meta.key.decode() for _, meta in client.get_prefix("tree/")],
}
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def etcd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("etcd")
    spec, truth = folder / "etcd", OTHER / "etcd-3.5" / "truth"
    shutil.copytree(OTHER / "etcd-3.5" / "pages", spec / "pages")
    # The pages have no numbers; the protos import files that are not there. That the pages show no
    # stream is reported.
    result = CliRunner().invoke(main, ["adopt", str(spec), "--from", str(truth)])
    assert "285 numbers matched" in result.output
    handlers = folder / "handlers.py"
    handlers.write_text(HANDLERS)
    with Server(build(spec, folder / "out"), folder / "rows.db", handlers=handlers) as server:
        yield server


def test_handlers_of_ten_lines_implement_custom_methods(etcd: Server) -> None:
    assert "etcdserverpb.KV" in etcd.reflection.get_services()
    put = etcd.request("etcdserverpb.KV.Put", {"key": "YQ==", "value": "b25l"})
    etcd.over_grpc("etcdserverpb.KV.Put", put)
    get = etcd.request("etcdserverpb.KV.Range", {"key": "YQ=="})
    found = json_format.MessageToDict(etcd.over_grpc("etcdserverpb.KV.Range", get))
    assert found["kvs"] == [{"key": "YQ==", "value": "b25l"}]
    gone = etcd.over_grpc(
        "etcdserverpb.KV.DeleteRange", etcd.request("etcdserverpb.KV.DeleteRange", {"key": "YQ=="})
    )
    assert json_format.MessageToDict(gone)["deleted"] == "1"


def test_the_published_client_of_etcd_puts_gets_and_deletes(
    etcd: Server, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = kept(request, "etcd3", CLIENT, lambda folder: make_environment(folder, CLIENT))
    script = tmp_path / "calls.py"
    script.write_text(CALLS)
    command = [folder / "venv" / "bin" / "python", script, etcd.grpc_address]
    run = subprocess.run(command, capture_output=True, text=True, timeout=WAIT, check=False)
    assert run.returncode == 0, run.stderr + etcd.log()
    assert json.loads(run.stdout) == {
        "get": "oak",
        "bytes": [255, 0],
        "none": None,
        "prefix": ["tree/1", "tree/2"],
        "delete": True,
        "again": False,
        "delete_prefix": 2,
        "left": [],
    }


def test_pages_with_streams_are_served_with_samples(tmp_path: Path) -> None:
    spec, handlers = tmp_path / "sensors", tmp_path / "handlers.py"
    shutil.copytree(OTHER / "tetragon" / "pages", spec / "pages")
    handlers.write_text(EVENTS)
    options = {"sample": 2, "handlers": handlers}
    with Server(build(spec, tmp_path / "out"), tmp_path / "rows.db", **options) as server:
        service = "tetragon.FineGuidanceSensors"
        assert service in server.reflection.get_services()
        listed = f"{service}.ListTracingPolicies"
        answer = server.over_grpc(listed, server.request(listed, {}))
        assert len(json_format.MessageToDict(answer)["policies"]) == 2
        events = server.method(f"{service}.GetEvents")
        assert events.server_streaming
        call = server.channel.unary_stream(
            f"/{service}/GetEvents",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(events.output_type).FromString,
        )
        found = call(GetMessageClass(events.input_type)(), timeout=WAIT)
        assert [event.node_name for event in found] == ["a", "b"]
