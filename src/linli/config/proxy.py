"""The caller's address and scheme behind a reverse proxy, whose headers are believed only where LINLI_TRUSTED_PROXIES names it."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import NamedTuple

from linli.config.env import Network

MOST_HOPS = 20


class Caller(NamedTuple):
    """The address that limits count by, and the scheme that the caller used."""

    address: str
    scheme: str


def caller_of(
    peer: str, scheme: str, forwarded_for: str, forwarded_proto: str, *, trusted: Sequence[Network]
) -> Caller:
    """The caller behind trusted proxies: the last address of X-Forwarded-For that is not one of theirs. What stands before it was
    written by the caller, who may write anything."""
    if not _is_trusted(peer, trusted):
        return Caller(peer, scheme)
    address = peer
    for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()][-MOST_HOPS:]):
        address = _bare(hop)
        if not _is_trusted(address, trusted):
            break
    proto = forwarded_proto.rpartition(",")[2].strip().lower()
    return Caller(address, proto if proto in ("http", "https") else scheme)


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in trusted)


def _bare(hop: str) -> str:
    """Without a port: 203.0.113.7:4711, [2001:db8::1]:443. What is no address stands for itself, cut short."""
    host = hop.partition("]")[0].lstrip("[") if hop.startswith("[") else hop
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ip_address(host))
    except ValueError:
        return hop[:60]
