"""Who asks, behind a proxy: its word counts where it is trusted, and nobody else's."""

from ipaddress import ip_network

import pytest

from linli.config.env import BadEnvironment, read_environment
from linli.config.proxy import Caller, caller_of

TRUSTED = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("::1"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "proto", "caller"),
    [
        ("127.0.0.1", "203.0.113.7", "https", ("203.0.113.7", "https")),
        ("127.0.0.1", "1.1.1.1, 203.0.113.7", "https", ("203.0.113.7", "https")),
        ("127.0.0.1", "1.1.1.1, 203.0.113.7, 10.1.2.3", "https", ("203.0.113.7", "https")),
        ("127.0.0.1", "203.0.113.7:4711", "https", ("203.0.113.7", "https")),
        ("::1", "[2001:db8::1]:443", "https", ("2001:db8::1", "https")),
        ("127.0.0.1", "", "", ("127.0.0.1", "http")),
        ("127.0.0.1", " , ", "gopher", ("127.0.0.1", "http")),
        ("127.0.0.1", "unknown" * 40, "https", (("unknown" * 40)[:60], "https")),
        ("127.0.0.1", "10.0.0.5", "https, http", ("10.0.0.5", "http")),
        ("198.51.100.1", "203.0.113.7", "https", ("198.51.100.1", "http")),
        ("not an address", "203.0.113.7", "https", ("not an address", "http")),
    ],
)
def test_the_caller_behind_proxies(peer: str, forwarded: str, proto: str, caller: tuple[str, str]) -> None:
    assert caller_of(peer, "http", forwarded, proto, trusted=TRUSTED) == Caller(*caller)
    assert caller_of(peer, "http", forwarded, proto, trusted=()) == Caller(peer, "http")


@pytest.mark.parametrize(
    ("name", "value"),
    [("LINLI_TRUSTED_PROXIES", "everybody"), ("LINLI_HSTS_SECONDS", "a year"), ("LINLI_MODE", "x")],
)
def test_a_setting_that_cannot_be_is_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadEnvironment, match=name):
        read_environment()
