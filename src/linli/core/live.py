"""Pages that are open now: what they show has changed. Told in the transaction that changes it, heard after its commit."""

from collections.abc import Sequence

from django.utils.crypto import salted_hmac

from linli.core import sql

CHANNEL = "live"


def key_of(topic: str) -> str:
    """The key that a page gets with the topics of what not everybody may read: who has read the page may watch it."""
    return salted_hmac("live", topic).hexdigest()[:20]


def tell(topics: Sequence[str]) -> None:
    """Tell every process that something changed; whoever watches asks again. Topics: group:ID, bargain:ID, community:ID, post:ID."""
    if topics:
        sql.rows("select pg_notify('live', topic) from unnest(%s::text[]) topic", (sorted(set(topics)),))
