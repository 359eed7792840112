"""Deploy-time settings, read once from the environment. Business values are dated rows (core.settings), never here."""

import os
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, NonNegativeInt, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = IPv4Network | IPv6Network
YEAR_SECONDS = 365 * 24 * 3600
CHECKOUT = Path(__file__).resolve().parents[3]


class BadEnvironment(RuntimeError):
    """A variable of the environment has a value that it cannot have; the message says which and what it may be."""


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _networks(value: Any) -> Any:
    return tuple(ip_network(part, strict=False) for part in _listed(value))


class Environment(BaseSettings):
    """What the machine tells Linli, by variables named LINLI_… (DATABASE_URL too).

    home: the folder of the checkout; data: the folder of the embedded database, uploads and secrets.
    trusted_proxies: the networks whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody else's are.
    hsts_seconds: how long browsers are told to come by https only; 0: not at all. metrics_token: who shows it reads /metrics.
    mode: "demo" (sandbox money, movable clock, fixed phone code) or "live". serves: this is a web or worker process; answers: a web process.
    jurisdiction: whose law commission plans are held against. allowed_hosts: the names this site answers to.
    """

    model_config = SettingsConfigDict(env_prefix="LINLI_", env_ignore_empty=True, frozen=True, extra="ignore")

    home: Path = CHECKOUT
    data: Path = Path()
    mode: Literal["demo", "live"] = "live"
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    secret_key: str = ""
    sandbox_url: str = ""
    sandbox_secret: str = ""
    public_url: str = "http://127.0.0.1:8000"
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()
    serves: bool = False
    answers: bool = False
    jurisdiction: Literal["CN", "US", "EU"] = "CN"
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = ()
    hsts_seconds: NonNegativeInt = 0
    metrics_token: str = ""

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @model_validator(mode="before")
    @classmethod
    def _take_what_follows_from_others(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Defaults: the data folder stands in the checkout; a site that is reached by https is told so for a year; a live one answers
        to its own name, the demo to any (a phone comes by the machine's address)."""
        address = str(given.get("public_url", ""))
        own = urlsplit(address).hostname
        is_demo = given.get("mode") == "demo"
        return {
            "data": Path(given.get("home", CHECKOUT)) / "var",
            "hsts_seconds": YEAR_SECONDS if address.startswith("https:") else 0,
            "allowed_hosts": ("*",) if is_demo else tuple(filter(None, (own, "127.0.0.1", "localhost"))),
            **given,
        }


def read_environment() -> Environment:
    """Read the environment, with secrets of its own where none are given. Raises BadEnvironment with a plain sentence for each variable
    that cannot be."""
    try:
        given = Environment()
    except ValidationError as problem:
        told = [
            f"LINLI_{str(one['loc'][0]).upper()} is {one['input']!r}: {one['msg']}."
            for one in problem.errors()
        ]
        raise BadEnvironment(" ".join(told).replace("Value error, ", "")) from None
    data = given.data.resolve()
    return given.model_copy(
        update={
            "data": data,
            "public_url": given.public_url.rstrip("/"),
            "secret_key": given.secret_key or _kept_secret(data / "secret_key"),
            "sandbox_secret": given.sandbox_secret or _kept_secret(data / "sandbox_secret"),
        }
    )


def _kept_secret(path: Path) -> str:
    """A secret that survives restarts: made on first use in the data folder, readable by its owner only."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mine = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(mine, path)  # the first of several processes wins; the others read its secret
        except FileExistsError:
            pass
        finally:
            mine.unlink()
        return path.read_text().strip()
