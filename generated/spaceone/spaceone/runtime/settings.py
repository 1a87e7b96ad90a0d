"""The settings of a server: flags, then environment variables, then defaults."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _loopback(host: str) -> str:
    if host != "localhost" and not ip_address(host).is_loopback:
        raise ValueError("the server has no authentication, so it listens on loopback only")
    return host


class Settings(BaseSettings):
    """Serve the API over gRPC and HTTP."""

    model_config = SettingsConfigDict(
        env_prefix="SERVE_", cli_kebab_case=True, cli_hide_none_type=True, cli_avoid_json=True
    )

    host: Annotated[str, AfterValidator(_loopback)] = Field(
        "127.0.0.1", description="address to listen on; loopback only"
    )
    grpc_port: int = Field(50051, ge=0, le=65535, description="port for gRPC; 0 for any free one")
    http_port: int = Field(8080, ge=0, le=65535, description="port for HTTP; 0 for any free one")
    store: str = Field(
        "",
        description="URL of SQLite or PostgreSQL; default: sqlite file <api>.db in this folder",
    )
    load: list[Path] = Field([], description="JSON file of rows to store at start; repeatable")
    sample: int = Field(0, ge=0, description="how many made-up rows to store for each service")
    hooks: Path | None = Field(None, description="Python file with @implements functions")
