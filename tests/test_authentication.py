"""Who calls, and that no tenant sees or changes what is another's: over both transports, in both stores."""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import grpc
import httpx
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from depot_api import THING, build_depot, page
from serving import WAIT, Json, Server, refused_start, wait_until, write_rows

pytestmark = pytest.mark.slow

TOKENS = {"of-d": "d", "of-e": "e", "of-all": None}
ROW = {"thing_id": "thing-1", "domain_id": "d", "name": "secret", "count": 7}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_depot(tmp_path_factory.mktemp("depot"))


@pytest.fixture(scope="module")
def tokens(tree: Path) -> Path:
    file = tree.parent / "tokens.json"
    file.write_text(json.dumps(TOKENS), "utf-8")
    return file


@pytest.fixture(scope="module")
def depot(tree: Path, tokens: Path, new_store: Callable[[], Path | str]) -> Iterator[Server]:
    rows = write_rows(tree.parent, {"Thing": [ROW]})
    with Server(
        tree, new_store(), load=rows, auth="token", tokens=tokens, public="reflection"
    ) as server:
        yield server


def ask(server: Server, token: str, verb: str, **request: Any) -> Json:
    server.metadata = {"token": token}
    return server.ask(f"{THING}.{verb}", request)


def refusal(server: Server, token: str, verb: str, **request: Any) -> str:
    server.metadata = {"token": token}
    return server.refusal(f"{THING}.{verb}", request).code


COUNT = {"aggregate": [{"count": {"name": "n"}}]}


@pytest.mark.parametrize(
    "metadata",
    [{}, {"token": ""}, {"token": "of-D"}, {"authorization": "of-d"}, {"token": "of-d\u00e9"}],
)
def test_without_a_token_nothing_is_answered(depot: Server, metadata: dict[str, str]) -> None:
    for verb, request in (("list", {}), ("get", {"thing_id": "thing-1", "domain_id": "d"})):
        answer = (
            depot.over_http(depot.routes(f"{THING}.{verb}")[-1], request)
            if not metadata
            else depot.client.post(
                f"/depot/v1/thing/{verb}",
                json=request,
                headers={name: value.encode() for name, value in metadata.items()},
            )
        )
        assert answer.status_code == 401
        assert answer.json()["detail"]["code"] == "ERROR_AUTHENTICATE_FAILURE"


def test_a_token_may_stand_in_either_place(depot: Server) -> None:
    for metadata in ({"token": "of-d"}, {"authorization": "Bearer of-d"}):
        depot.metadata = metadata
        assert depot.ask(f"{THING}.list", {})["total_count"] == 1
    depot.metadata = {"token": "of-nobody"}
    refused = depot.refusal(f"{THING}.list", {})
    assert refused.status is grpc.StatusCode.UNAUTHENTICATED
    assert refused.message == "Authenticate failure. (message = unknown token)"


@pytest.mark.parametrize("verb", ["get", "update", "enable", "disable", "delete"])
def test_a_guessed_key_of_another_tenant_is_not_found(depot: Server, verb: str) -> None:
    assert refusal(depot, "of-e", verb, thing_id="thing-1") == "ERROR_NOT_FOUND"
    result = depot.refusal(f"{THING}.{verb}", {"thing_id": "thing-1"}).message
    none = depot.refusal(f"{THING}.{verb}", {"thing_id": "thing-0"}).message
    assert result == none.replace("thing-0", "thing-1")
    assert ask(depot, "of-d", "get", thing_id="thing-1") == ROW | {"domain_id": "d"}


@pytest.mark.parametrize("verb", ["get", "update", "list", "stat", "delete", "create"])
def test_another_tenant_cannot_be_named(depot: Server, verb: str) -> None:
    request = {"thing_id": "thing-1", "domain_id": "d"}
    fields = {"list": {"domain_id": "d"}, "stat": {"domain_id": "d", "query": COUNT}}
    fields["create"] = {"domain_id": "d", "name": "mine"}
    assert refusal(depot, "of-e", verb, **fields.get(verb, request)) == "ERROR_PERMISSION_DENIED"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"filter": [{"k": "domain_id", "v": "d", "o": "eq"}]},
        {"filter": [{"k": "domain_id", "v": "e", "o": "not"}]},
        {"filter_or": [{"k": "name", "v": ".*", "o": "regex"}, {"k": "count", "v": 7, "o": "eq"}]},
        {"keyword": "secret"},
        {"sort": {"key": "domain_id"}},
        {"page": {"limit": 5}},
        {"count_only": True},
        {"only": ["name"]},
    ],
)
def test_no_query_shows_another_tenants_rows(depot: Server, query: Json) -> None:
    assert not ask(depot, "of-e", "list", query=query).get("results")
    assert not ask(depot, "of-e", "list", query=query).get("total_count")


def test_no_statistic_includes_rows_of_another_tenant(depot: Server) -> None:
    group = {"group": {"fields": [{"name": "n", "operator": "sum", "key": "count"}]}}
    assert ask(depot, "of-e", "stat", query=COUNT).get("results", [{"n": 0}]) == [{"n": 0}]
    assert ask(depot, "of-e", "stat", query={"aggregate": [group]})["results"] == [{"n": 0}]
    assert not ask(depot, "of-e", "stat", query={"distinct": "name"}).get("results")
    fields = {"fields": {"n": {"operator": "count"}}}
    assert ask(depot, "of-e", "analyze", query=fields)["results"] == [{"n": 0}]
    assert ask(depot, "of-d", "stat", query=COUNT)["results"] == [{"n": 1}]


def test_a_tenant_owns_its_rows(tree: Path, tokens: Path, new_store: Any) -> None:
    with Server(tree, new_store(), auth="token", tokens=tokens, public="reflection") as server:
        server.metadata = {"token": "of-e"}
        made = server.client.post(
            "/depot/v1/thing/create", json={"name": "a"}, headers=server.metadata
        ).json()
        assert made["domain_id"] == "e"
        assert refusal(server, "of-d", "get", thing_id=made["thing_id"]) == "ERROR_NOT_FOUND"
        assert ask(server, "of-all", "get", thing_id=made["thing_id"], domain_id="e") == made
        # What a tenant does not see cannot be in its way, and so tells it nothing.
        for token, tenant in (("of-d", "d"), ("of-e", "e")):
            answer = server.client.post(
                "/depot/v1/seal/create", json={"name": "s"}, headers={"token": token}
            )
            assert answer.status_code == 200, tenant


EXPIRES = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def jwks(key: ec.EllipticCurvePrivateKey) -> str:
    found = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return json.dumps({"keys": [{**found, "kid": "one", "alg": "ES256", "use": "sig"}]})


@pytest.mark.parametrize("kind", ["pem", "jwks"])
def test_a_signed_token_names_the_tenant(
    tree: Path, tmp_path: Path, key: ec.EllipticCurvePrivateKey, kind: str
) -> None:
    keys = tmp_path / "keys"
    keys.write_bytes(pem(key) if kind == "pem" else jwks(key).encode())
    rows = write_rows(tmp_path, {"Thing": [ROW]})
    other = ec.generate_private_key(ec.SECP256R1())

    def token(coverage: Json, by: ec.EllipticCurvePrivateKey = key, kid: str = "one") -> str:
        return jwt.encode(coverage, by, "ES256", {"kid": kid})

    good = {"domain_id": "d", "exp": EXPIRES, "aud": "depot"}
    settings = {
        "auth": "jwt",
        "public": "reflection",
        "jwt_keys": keys,
        "jwt_audience": "depot",
        "load": rows,
    }
    with Server(tree, tmp_path / "rows.db", **settings) as server:
        assert ask(server, token(good), "list")["total_count"] == 1
        assert not ask(server, token(good | {"domain_id": "e"}), "list").get("total_count")
        past = datetime.now(UTC) - timedelta(hours=1)
        bad = {
            "Signature has expired": token(good | {"exp": past}),
            "Signature verification failed": token(good, other),
            "exp": token({name: value for name, value in good.items() if name != "exp"}),
            "domain_id": token({name: good[name] for name in ("exp", "aud")}),
            "claim domain_id": token(good | {"domain_id": ["d"]}),
            "Audience": token(good | {"aud": "other"}),
            "alg": jwt.encode(good, None, "none"),
            "": jwt.encode(good, "x" * 64, "HS256", {"kid": "one"}),
            "Not enough segments": "nonsense",
        }
        if kind == "jwks":
            bad["signed with an unknown key"] = token(good, key, "two")
            del bad["alg"]
        for reason, wrong in bad.items():
            server.metadata = {"token": wrong}
            refused = server.refusal(f"{THING}.list", {})
            assert refused.code == "ERROR_AUTHENTICATE_FAILURE", reason
            assert reason in refused.message


@pytest.mark.parametrize(
    ("settings", "text", "reason"),
    [
        ({"auth": "token"}, None, "--auth token needs --tokens"),
        ({"auth": "jwt"}, None, "--auth jwt needs --jwt-keys"),
        ({"tokens": "FILE"}, "{}", "--auth none does not use --tokens"),
        ({"auth": "token", "tokens": "FILE"}, "[1]", "must contain a JSON object"),
        ({"auth": "token", "tokens": "FILE"}, '{"": "d"}', "empty token or tenant"),
        ({"auth": "jwt", "jwt_keys": "FILE"}, "secret", "neither a public key in PEM nor a JWKS"),
        (
            {"auth": "jwt", "jwt_keys": "FILE"},
            '{"keys": [{"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}]}',
            "expected public keys only",
        ),
        ({"tls_cert": "FILE"}, "", "--tls-cert and --tls-key must be set together"),
    ],
)
def test_settings_without_any_protection_are_refused(
    tree: Path, tmp_path: Path, settings: dict[str, str], text: str | None, reason: str
) -> None:
    file = tmp_path / "file"
    if text is not None:
        file.write_text(text, "utf-8")
    given = {name: file if value == "FILE" else value for name, value in settings.items()}
    assert reason in refused_start(tree, tmp_path / "rows.db", **given)


def test_without_auth_x_domain_id_is_the_tenant_of_a_new_row(tree: Path, tmp_path: Path) -> None:
    with Server(tree, tmp_path / "rows.db") as server:
        made = server.client.post(
            "/depot/v1/thing/create", json={"name": "a"}, headers={"x-domain-id": "d"}
        )
        assert made.json()["domain_id"] == "d"


def test_without_auth_x_domain_id_selects_the_tenant(tmp_path: Path, new_store: Any) -> None:
    # As later versions have it: requests name no tenant, and need not when they can.
    thing_page = re.sub(r"^.* domain_id \| string \| ✔.*\n", "", page(), flags=re.MULTILINE)
    tree = build_depot(tmp_path, thing_page)
    rows = [{**ROW, "thing_id": f"thing-{of}", "domain_id": of} for of in "de"]
    rows.append({"thing_id": "thing-of-all", "name": "shared"})
    load = write_rows(tmp_path, {"Thing": rows})
    with Server(tree, new_store(), load=load) as server:
        server.metadata = {"x_domain_id": "d"}
        listed = server.ask(f"{THING}.list", {})
        assert {row["thing_id"] for row in listed["results"]} == {"thing-d", "thing-of-all"}
        assert server.ask(f"{THING}.get", {"thing_id": "thing-d"})["domain_id"] == "d"
        assert server.ask(f"{THING}.get", {"thing_id": "thing-of-all"})["name"] == "shared"
        assert server.refusal(f"{THING}.get", {"thing_id": "thing-e"}).code == "ERROR_NOT_FOUND"
        counts = {"query": {"aggregate": [{"count": {"name": "n"}}]}}
        assert server.ask(f"{THING}.stat", counts)["results"] == [{"n": 2}]
        server.metadata = {}
        assert server.ask(f"{THING}.list", {})["total_count"] == 3


def test_without_auth_a_request_may_name_another_than_x_domain_id(
    tree: Path, tmp_path: Path
) -> None:
    load = write_rows(tmp_path, {"Thing": [{**ROW, "domain_id": "e"}]})
    with Server(tree, tmp_path / "rows.db", load=load) as server:
        server.metadata = {"x_domain_id": "d"}
        named = {"thing_id": ROW["thing_id"], "domain_id": "e"}
        assert server.ask(f"{THING}.get", named)["domain_id"] == "e"


def test_both_transports_can_use_tls(tree: Path, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    cert, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    with Server(tree, tmp_path / "rows.db", tls_cert=cert, tls_key=private) as server:
        trust = ssl.create_default_context(cafile=str(cert))
        with httpx.Client(base_url=f"https://{server.http_address}", verify=trust) as client:
            assert client.get("/health").json() == {"status": "SERVING"}
        credentials = grpc.ssl_channel_credentials(cert.read_bytes())
        with grpc.secure_channel(server.grpc_address, credentials) as channel:
            call = channel.unary_unary("/grpc.health.v1.Health/Check")
            assert call(b"", timeout=WAIT) == b"\x08\x01"
        with pytest.raises(grpc.RpcError):
            server.channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=2)


def test_a_request_that_is_too_large_is_refused(tree: Path, tmp_path: Path) -> None:
    with Server(tree, tmp_path / "rows.db", max_bytes=1000) as server:
        request = {"name": "x" * 1000}
        answer = server.client.post("/depot/v1/thing/create", json=request)
        assert (answer.status_code, answer.json()["detail"]["code"]) == (
            413,
            "ERROR_REQUEST_TOO_LARGE",
        )
        with pytest.raises(grpc.RpcError) as found:
            server.over_grpc(f"{THING}.create", server.request(f"{THING}.create", request))
        assert found.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert server.ask(f"{THING}.list", {"domain_id": "d"})["total_count"] == 0


def test_too_many_rows_are_refused(tree: Path, tmp_path: Path, new_store: Any) -> None:
    rows = [{**ROW, "thing_id": f"thing-{number}"} for number in range(4)]
    loaded = write_rows(tmp_path, {"Thing": rows})
    with Server(tree, new_store(), load=loaded, max_rows=3) as server:
        for query in ({}, {"page": {"limit": 1_000_000}}, {"distinct": "thing_id"}):
            verb = "stat" if "distinct" in query else "list"
            refused = server.refusal(f"{THING}.{verb}", {"domain_id": "d", "query": query})
            assert refused.code == "ERROR_DB_QUERY"
            assert "there are more than 3 rows; ask for a page" in refused.message
        for start in (1, 4):
            page = {"page": {"start": start, "limit": 3}}
            assert (
                server.ask(f"{THING}.list", {"domain_id": "d", "query": page})["total_count"] == 4
            )


def count_rows(server: Server) -> int | None:
    """Return the count of all rows; None where a busy machine took longer than the time limit."""
    request = {"domain_id": "d", "query": {"count_only": True}}
    answer = server.client.post("/depot/v1/thing/list", json=request)
    if answer.json().get("detail", {}).get("code") == "ERROR_TIMEOUT":
        return None
    return int(answer.json()["total_count"])


def test_a_slow_query_ends_and_the_server_lives(tree: Path, tmp_path: Path, new_store: Any) -> None:
    lists = {key: list(range(300)) for key in "abc"}
    rows = [{**ROW, "thing_id": f"thing-{number}", "tags": lists} for number in range(60)]
    loaded = write_rows(tmp_path, {"Thing": rows})
    unwinds = [{"unwind": {"path": f"tags.{key}"}} for key in lists]
    # Sixty times 300 times 300 times 300 rows: more than any database counts in the time.
    slow = {"aggregate": [*unwinds, {"count": {"name": "n"}}]}
    with Server(tree, new_store(), load=loaded, timeout=1.0) as server:
        began = time.monotonic()
        refused = server.refusal(f"{THING}.stat", {"domain_id": "d", "query": slow})
        assert (refused.status, refused.code) == (
            grpc.StatusCode.DEADLINE_EXCEEDED,
            "ERROR_TIMEOUT",
        )
        # Much less than the query itself would take.
        assert time.monotonic() - began < WAIT
        wait_until(lambda: count_rows(server) == 60)
