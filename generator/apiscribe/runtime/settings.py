"""The settings of a server: flags, then environment variables, then a file, then defaults."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Sequence
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

from .errors import path_text
from .logs import Form, Level

_PREFIX = "SERVE_"


def read_settings(program: str, arguments: Sequence[str]) -> Settings:
    """The settings of a server that is started so; `--help` prints them, and ends the program.

    Raises ValueError that names every setting that is wrong, and OSError for a file.
    """
    source = CliSettingsSource[Any](Settings, cli_prog_name=program, cli_show_env_vars=True)
    try:
        return CliApp.run(Settings, cli_args=list(arguments), cli_settings_source=source)
    except ValidationError as error:
        told = [_setting_error(details, arguments) for details in error.errors()]
        raise ValueError("; ".join(told)) from error
    except SettingsError as error:
        raise ValueError(f"{error} (--help tells how settings are written)") from error


def _setting_error(error: ErrorDetails, arguments: Sequence[str]) -> str:
    """`--grpc-port: …`, or only what is wrong where several settings do not fit together."""
    reason = str(error.get("ctx", {}).get("error", error["msg"]))
    if not error["loc"]:
        return reason
    name, *rest = error["loc"]
    return f"{path_text((_as_given(str(name), arguments), *rest))}: {reason}"


def _as_given(name: str, arguments: Sequence[str]) -> str:
    """A setting as the flag, the variable or the key of the file that gave it."""
    flag, variable = f"--{name.replace('_', '-')}", f"{_PREFIX}{name.upper()}"
    if any(word.partition("=")[0] == flag for word in arguments):
        return flag
    return variable if variable in os.environ else f"{name} (in the file of settings)"


def _address(host: str) -> str:
    return host if host == "localhost" else str(ip_address(host))


def _several(given: object) -> object:
    """Names from the environment, where they are one text: `handlers.py,handlers`."""
    return given.split(",") if isinstance(given, str) else given


Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Serve the API over gRPC and HTTP.

    A flag comes before its environment variable, that before the same name in the file of settings
    (`grpc_port = 50051`). Paths are taken from the current folder.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, cli_kebab_case=True, cli_hide_none_type=True, cli_avoid_json=True
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
    handlers: Annotated[list[str], NoDecode, BeforeValidator(_several)] = Field(
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

    grpc_compression: Literal["none", "gzip"] = Field(
        "none", description="how answers over gRPC are compressed; HTTP does as a client asks"
    )
    max_bytes: int = Field(4 << 20, gt=0, description="how long a request may be, in bytes")
    max_depth: int = Field(32, gt=0, le=32, description="how deep a request may nest")
    max_rows: int = Field(10_000, gt=0, description="how many rows an answer may have")
    timeout: float = Field(30.0, gt=0, description="how long an answer may take, in seconds")
    workers: int = Field(
        1, gt=0, description="how many processes serve, on the same ports and the same store"
    )
    grace: float = Field(
        10.0, ge=0, description="how long calls may go on after a signal to stop, in seconds"
    )

    log: Form = Field("human", description="how the log on stderr is written")
    log_level: Level = Field(
        "warning", description="what is logged; info has a line for every request"
    )
    settings: Path | None = Field(None, description="TOML file of settings")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # as pydantic-settings has it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The sources, the first of which comes before the others; flags before them all."""
        return init_settings, env_settings, _File(settings_cls)

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


class _File(PydanticBaseSettingsSource):
    """The file that a flag or the environment names."""

    def get_field_value(self, _: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Nothing: the whole file is read at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """What the file holds. Raises ValueError where that is no TOML or no setting."""
        if not (named := self.current_state.get("settings")):
            return {}
        file = Path(named)
        try:
            found = tomllib.loads(file.read_text("utf-8"))
        except ValueError as error:
            raise ValueError(f"{file} is not TOML: {error}") from error
        known = set(self.settings_cls.model_fields) - {"settings"}
        for name in found.keys() - known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise ValueError(f"{file}: no setting is called {name}{hint}")
        return found
