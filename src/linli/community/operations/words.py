"""The words that let a post wait for a look."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from linli.community.models import Word
from linli.core.actor import Actor
from linli.core.audit import record

MOST = 500


def add_words(*, texts: Iterable[str], actor: Actor, at: datetime) -> int:
    """Add words of 1 to 20 characters, each once. Returns how many there are now."""
    wanted = dict.fromkeys(text.strip() for text in texts)
    with transaction.atomic():
        Word.objects.bulk_create(
            [Word(text=text, created_at=at) for text in list(wanted)[:MOST] if 1 <= len(text) <= 20],
            ignore_conflicts=True,
        )
        record(actor=actor, action="words_added", subject="words", at=at, words=list(wanted)[:MOST])
        return Word.objects.count()


def drop_word(*, text: str, actor: Actor, at: datetime) -> None:
    """Drop a word."""
    with transaction.atomic():
        if Word.objects.filter(text=text).delete()[0]:
            record(actor=actor, action="word_dropped", subject="words", at=at, word=text)
