"""The first answer of each idempotency key, kept for whoever asks again."""

from linli.core import clock
from linli.core.models import Answer


def answer_of(*, scope: str, key: str, input_hash: bytes) -> tuple[Answer, bool]:
    """The locked answer of a key, and whether it is new: then it is to be filled in the same transaction."""
    return Answer.objects.select_for_update().get_or_create(
        scope=scope, key=key, defaults={"input_hash": input_hash, "created_at": clock.now()}
    )
