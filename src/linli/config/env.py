"""Deploy-time settings, read once from the environment. Business values are dated rows (core.settings), never here."""

import os
import secrets
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network


class BadEnvironment(RuntimeError):
    """A variable of the environment has a value that it cannot have; the message says which and what it may be."""


@dataclass(frozen=True)
class Environment:
    """What the machine tells Linli.

    home: the folder of the checkout; data: the folder of the embedded database, uploads and secrets.
    trusted_proxies: the networks whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody else's are.
    hsts_seconds: how long browsers are told to come by https only; 0: not at all. metrics_token: who shows it reads /metrics.
    mode: "demo" (sandbox money, movable clock, fixed phone code) or "live". serves: this is a web or worker process; answers: a web process.
    jurisdiction: whose law commission plans are held against (CN, US, EU).
    """

    home: Path
    data: Path
    mode: str
    database_url: str
    secret_key: str
    sandbox_url: str
    sandbox_secret: str
    public_url: str
    allowed_hosts: tuple[str, ...]
    serves: bool
    answers: bool
    jurisdiction: str
    trusted_proxies: tuple[Network, ...]
    hsts_seconds: int
    metrics_token: str

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"


def read_environment() -> Environment:
    """Read the environment; raises BadEnvironment with a plain sentence when something needed is missing."""
    home = Path(os.environ.get("LINLI_HOME") or Path(__file__).resolve().parents[3])
    data = Path(os.environ.get("LINLI_DATA") or home / "var").resolve()
    mode = os.environ.get("LINLI_MODE", "live")
    if mode not in ("demo", "live"):
        raise BadEnvironment(f"LINLI_MODE is {mode!r}; it must be demo or live.")
    return Environment(
        home=home,
        data=data,
        mode=mode,
        database_url=os.environ.get("DATABASE_URL", ""),
        secret_key=os.environ.get("LINLI_SECRET_KEY") or _kept_secret(data / "secret_key"),
        sandbox_url=os.environ.get("LINLI_SANDBOX_URL", ""),
        sandbox_secret=os.environ.get("LINLI_SANDBOX_SECRET") or _kept_secret(data / "sandbox_secret"),
        public_url=os.environ.get("LINLI_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
        allowed_hosts=_allowed_hosts(mode),
        serves=os.environ.get("LINLI_SERVES") == "1",
        answers=os.environ.get("LINLI_ANSWERS") == "1",
        jurisdiction=_jurisdiction(),
        trusted_proxies=_trusted_proxies(),
        hsts_seconds=_hsts_seconds(),
        metrics_token=os.environ.get("LINLI_METRICS_TOKEN", ""),
    )


def _trusted_proxies() -> tuple[Network, ...]:
    given = os.environ.get("LINLI_TRUSTED_PROXIES", "")
    try:
        return tuple(ip_network(part.strip(), strict=False) for part in given.split(",") if part.strip())
    except ValueError as error:
        raise BadEnvironment(
            f"LINLI_TRUSTED_PROXIES: {error}; name addresses or networks, like 127.0.0.1,10.0.0.0/8."
        ) from None


def _hsts_seconds() -> int:
    """A year for a site that is reached by https, unless another time is set."""
    is_https = os.environ.get("LINLI_PUBLIC_URL", "").startswith("https:")
    given = os.environ.get("LINLI_HSTS_SECONDS", "31536000" if is_https else "0")
    if not (given.isascii() and given.isdigit()):
        raise BadEnvironment(f"LINLI_HSTS_SECONDS is {given!r}; it must be a number of seconds.")
    return int(given)


def _jurisdiction() -> str:
    name = os.environ.get("LINLI_JURISDICTION", "CN")
    if name not in ("CN", "US", "EU"):
        raise BadEnvironment(f"LINLI_JURISDICTION is {name!r}; it must be CN, US or EU.")
    return name


def _allowed_hosts(mode: str) -> tuple[str, ...]:
    """The names this site answers to: as set, else its own (the demo answers to any: a phone comes by the machine's address)."""
    if given := os.environ.get("LINLI_ALLOWED_HOSTS", ""):
        return tuple(host for host in given.split(",") if host)
    own = urlsplit(os.environ.get("LINLI_PUBLIC_URL", "")).hostname
    return ("*",) if mode == "demo" else tuple(filter(None, (own, "127.0.0.1", "localhost")))


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
