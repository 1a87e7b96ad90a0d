"""The settings of a server: flags, then environment variables, then a file, then defaults."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _address(host: str) -> str:
    return host if host == "localhost" else str(ip_address(host))


def _several(given: object) -> object:
    """Names from the environment, where they are one text: `hooks.py,handlers`."""
    return given.split(",") if isinstance(given, str) else given


Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Serve the API over gRPC and HTTP."""

    model_config = SettingsConfigDict(
        env_prefix="SERVE_", cli_kebab_case=True, cli_hide_none_type=True, cli_avoid_json=True
    )

    host: Annotated[str, AfterValidator(_address)] = Field(
        "127.0.0.1", description="address to listen on; without --auth, loopback only"
    )
    grpc_port: Port = Field(50051, description="port for gRPC; 0 for any free one")
    http_port: Port = Field(8080, description="port for HTTP; 0 for any free one")
    package_port: dict[str, Port] = Field(
        {},
        description="PACKAGE=PORT, a port for gRPC with the services of one package alone; a"
        " package may be told by the beginning of its name; repeatable",
    )
    store: str = Field(
        "",
        description="URL of SQLite or PostgreSQL; default: sqlite file <api>.db in this folder",
    )
    load: list[Path] = Field([], description="JSON file of rows to store at start; repeatable")
    sample: int = Field(0, ge=0, description="how many made-up rows to store for each service")
    hooks: Annotated[list[str], NoDecode, BeforeValidator(_several)] = Field(
        [], description="file, folder or module of Python with @implements functions; repeatable"
    )

    auth: Literal["none", "token", "jwt"] = Field("none", description="how callers are told apart")
    tokens: Path | None = Field(
        None, description='for --auth token: JSON file, {"TOKEN": "TENANT" or null for all}'
    )
    jwt_keys: Path | None = Field(
        None, description="for --auth jwt: a public key (PEM), or a JWKS file"
    )
    jwt_claim: str = Field(
        "", description="claim that has the tenant; default: the name of the tenant's field"
    )
    jwt_audience: str | None = Field(None, description="what the claim aud must hold")
    tls_cert: Path | None = Field(None, description="certificate chain (PEM), for both ports")
    tls_key: Path | None = Field(None, description="private key of the certificate (PEM)")

    max_bytes: int = Field(4 << 20, gt=0, description="how long a request may be, in bytes")
    max_depth: int = Field(32, gt=0, le=32, description="how deep a request may nest")
    max_rows: int = Field(10_000, gt=0, description="how many rows an answer may have")
    timeout: float = Field(30.0, gt=0, description="how long an answer may take, in seconds")

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.auth == "none" and not _is_loopback(self.host):
            raise ValueError(
                f"without --auth, --host must be loopback, and {self.host} is not; choose --auth"
                " token or --auth jwt"
            )
        for flag, given, wanted in (
            ("--tokens", self.tokens, self.auth == "token"),
            ("--jwt-keys", self.jwt_keys, self.auth == "jwt"),
        ):
            if (given is not None) != wanted:
                raise ValueError(
                    f"--auth {self.auth} {'needs' if wanted else 'has no use of'} {flag}"
                )
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("--tls-cert and --tls-key go together")
        return self


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ip_address(host).is_loopback
