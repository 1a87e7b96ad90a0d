"""The settings of a server, from flags, environment variables, a file and defaults."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Collection, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    CliApp,
    CliSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from .access import Public
from .errors import path_text
from .logs import LogFormat, LogLevel
from .settings_help import HelpFormatter

_PREFIX = "SERVE_"


def read_settings(program: str, arguments: Sequence[str]) -> Settings:
    """Return the settings of a command line. `--help` prints them and exits.

    Raises ValueError with all invalid settings, and OSError for an unreadable file.
    """
    source = _command_line(program)
    try:
        return CliApp.run(Settings, cli_args=list(arguments), cli_settings_source=source)
    except ValidationError as error:
        reasons = [_error_text(details, arguments) for details in error.errors()]
        raise ValueError("; ".join(reasons)) from error
    except SettingsError as error:
        raise ValueError(_usage_text(str(error))) from error


def option_list() -> str:
    """Return the options as `--help` lists them."""
    return str(_command_line("").root_parser.format_help()).partition("options:\n")[2]


def _command_line(program: str) -> CliSettingsSource[Any]:
    return CliSettingsSource[Any](
        Settings,
        cli_prog_name=program,
        cli_show_env_vars=True,
        cli_exit_on_error=False,
        formatter_class=HelpFormatter,
    )


def _usage_text(reason: str) -> str:
    """Return why a command line is invalid, with the nearest flag for one that does not exist."""
    flags = {f"--{name.replace('_', '-')}" for name in Settings.model_fields}
    unknown = re.search(r"unrecognized arguments: (--[^ =]+)", reason)
    hint = _near(unknown[1], flags) if unknown else ""
    return f"{reason.removeprefix('error parsing CLI: ')}{hint}; --help lists all settings"


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _error_text(error: ErrorDetails, arguments: Sequence[str]) -> str:
    """Return `--grpc-port: …`, or only the reason for an error of several settings."""
    reason = str(error.get("ctx", {}).get("error", error["msg"]))
    if not error["loc"]:
        return reason
    name, *rest = error["loc"]
    return f"{path_text((_source_of(str(name), arguments), *rest))}: {reason}"


def _source_of(name: str, arguments: Sequence[str]) -> str:
    """Return the flag, the variable or the key of the file that has the setting."""
    flag, variable = f"--{name.replace('_', '-')}", f"{_PREFIX}{name.upper()}"
    if any(word.partition("=")[0] == flag for word in arguments):
        return flag
    return variable if variable in os.environ else f"{name} (in the settings file)"


def _check_address(host: str) -> str:
    return host if host == "localhost" else str(ip_address(host))


def _split_names(value: object) -> object:
    """Split a string from the environment: `handlers.py,handlers`."""
    return value.split(",") if isinstance(value, str) else value


Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Serve the API over gRPC and HTTP.

    A flag overrides its environment variable, and both override the settings file
    (`grpc_port = 50051`). Paths are relative to the current folder.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, cli_kebab_case=True, cli_hide_none_type=True, cli_avoid_json=True
    )

    host: Annotated[str, AfterValidator(_check_address)] = Field(
        "127.0.0.1", description="address to listen on; a loopback address without --auth"
    )
    grpc_port: Port = Field(50051, description="gRPC port; 0 for a free one")
    http_port: Port = Field(8080, description="HTTP port; 0 for a free one")
    package_port: dict[str, Port] = Field(
        {},
        description="PACKAGE=PORT, an additional gRPC port with the services of a package and its"
        " subpackages; repeatable",
    )
    store: str = Field(
        "",
        description="SQLite file, or URL of SQLite or PostgreSQL;"
        " default: <api>.db in the current folder",
    )
    load: list[Path] = Field([], description="JSON file with initial rows; repeatable")
    sample: int = Field(0, ge=0, description="number of sample rows for each service without rows")
    handlers: Annotated[list[str], NoDecode, BeforeValidator(_split_names)] = Field(
        [], description="Python file, folder or module with @implements functions; repeatable"
    )

    auth: Literal["none", "token", "jwt"] = Field("none", description="authentication of callers")
    tokens: Path | None = Field(
        None,
        description='for --auth token: JSON file, {"TOKEN": "TENANT", or null for all tenants}',
    )
    jwt_keys: Path | None = Field(None, description="for --auth jwt: public key (PEM) or JWKS file")
    jwt_claim: str = Field(
        "", description="claim with the tenant; default: the name of the tenant field"
    )
    public: Annotated[list[Public], NoDecode, BeforeValidator(_split_names)] = Field(
        [],
        description="with --auth, pages to serve without a token, besides health: docs (also"
        " / and /openapi.json), metrics or reflection; repeatable",
    )
    allowed_host: Annotated[list[str], NoDecode, BeforeValidator(_split_names)] = Field(
        [],
        description="without --auth, NAME or NAME:PORT to accept as Host and Origin besides"
        " loopback names, for example that of a proxy; repeatable",
    )
    jwt_audience: str | None = Field(None, description="required value of the claim aud")
    tls_cert: Path | None = Field(None, description="certificate chain (PEM) for all ports")
    tls_key: Path | None = Field(None, description="private key (PEM) of the certificate")

    grpc_compression: Literal["none", "gzip"] = Field(
        "none", description="compression of gRPC responses; over HTTP, the client chooses"
    )
    max_bytes: int = Field(4 << 20, gt=0, description="maximum size of a request, in bytes")
    max_depth: int = Field(32, gt=0, le=32, description="maximum nesting of a request")
    max_rows: int = Field(10_000, gt=0, description="maximum number of rows in a response")
    max_answer_bytes: int = Field(
        64 << 20, gt=0, description="maximum size of the rows in a response, in bytes"
    )
    max_pending_bytes: int = Field(
        64 << 20, gt=0, description="maximum size of all HTTP bodies being received, in bytes"
    )
    max_connections: int = Field(
        1000, gt=0, description="maximum number of connections of a process for each port"
    )
    timeout: float = Field(30.0, gt=0, description="maximum duration of a response, in seconds")
    header_timeout: float = Field(
        10.0, gt=0, description="time for a client to send the headers of a request, in seconds"
    )
    body_timeout: float = Field(
        30.0, gt=0, description="time for a client to send the body of a request, in seconds"
    )
    workers: int = Field(
        1, gt=0, description="number of processes that share the ports and the store"
    )
    grace: float = Field(
        10.0, ge=0, description="time for requests in progress after a stop signal, in seconds"
    )

    log: LogFormat = Field("human", description="format of the log on stderr")
    log_level: LogLevel = Field(
        "warning", description="lowest level in the log; info includes every request"
    )
    settings: Path | None = Field(None, description="settings file (TOML)")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # signature of pydantic-settings
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources by descending priority; flags precede all of them."""
        return init_settings, env_settings, _FileSource(settings_cls)

    @model_validator(mode="after")
    def _check_combinations(self) -> Self:
        if self.auth == "none" and not _is_loopback(self.host):
            raise ValueError(
                f"without --auth, --host must be a loopback address, not {self.host}; use --auth"
                " token or --auth jwt"
            )
        for flag, value, is_needed in (
            ("--tokens", self.tokens, self.auth == "token"),
            ("--jwt-keys", self.jwt_keys, self.auth == "jwt"),
        ):
            if (value is not None) != is_needed:
                raise ValueError(
                    f"--auth {self.auth} {'needs' if is_needed else 'does not use'} {flag}"
                )
        if self.auth == "none" and self.public:
            raise ValueError("--auth none does not use --public: all pages answer")
        if self.auth != "none" and self.allowed_host:
            raise ValueError(f"--auth {self.auth} does not use --allowed-host")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("--tls-cert and --tls-key must be set together")
        return self


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ip_address(host).is_loopback


class _FileSource(PydanticBaseSettingsSource):
    """The settings file of a flag or of the environment."""

    def get_field_value(self, _: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return no value: `__call__` reads the whole file."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the settings in the file. Raises ValueError for invalid TOML and unknown names."""
        if not (path := self.current_state.get("settings")):
            return {}
        file = Path(path)
        try:
            values = tomllib.loads(file.read_text("utf-8"))
        except ValueError as error:
            raise ValueError(f"{file} is not TOML: {error}") from error
        known = set(self.settings_cls.model_fields) - {"settings"}
        for name in values.keys() - known:
            raise ValueError(f"{file}: unknown setting {name}{_near(name, known)}")
        return values
