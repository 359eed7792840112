"""Materials are advertising: words that this site holds back in posts are no words for owners either."""

from collections.abc import Sequence
from datetime import datetime

from linli.community.models import Word
from linli.community.rules.text import held_for
from linli.core.actor import Actor
from linli.core.refusal import Refusal
from linli.distribution.models import Material
from linli.distribution.operations.material import write_material


def write_checked_material(
    *,
    product_id: int,
    words: str,
    months: Sequence[int] = (),
    recording: str = "",
    actor: Actor,
    at: datetime,
) -> Material:
    """Words about a product (distribution.operations.material.write_material). Raises Refusal also for forbidden_words."""
    if held_for(words, Word.objects.values_list("text", flat=True)):
        raise Refusal("forbidden_words")
    return write_material(
        product_id=product_id, words=words, months=months, recording=recording, actor=actor, at=at
    )
