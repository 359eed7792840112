"""What staff write down about a thing for their colleagues; members never see it."""

from datetime import datetime
from typing import NamedTuple

from linli.core.actor import Actor
from linli.core.models import Note
from linli.core.refusal import Refusal
from linli.core.typed import read_text

MOST_WORDS = 500
MOST_NOTES = 50


class NoteFace(NamedTuple):
    """A note as colleagues read it."""

    words: str
    author_id: int
    created_at: datetime


def write_note(*, subject: str, words: str, actor: Actor, at: datetime) -> Note:
    """Add a note to a thing, named as in the audit trail. Refuses: note_needed (no words), note_long (over 500 characters)."""
    words = read_text(words)
    if not words:
        raise Refusal("note_needed", {"field": "words"})
    if len(words) > MOST_WORDS:
        raise Refusal("note_long", {"field": "words"})
    return Note.objects.create(subject=subject, author_id=actor.member_id, words=words, created_at=at)


def notes_of(subject: str) -> list[NoteFace]:
    """The newest fifty notes of a thing."""
    notes = Note.objects.filter(subject=subject).order_by("-pk")[:MOST_NOTES]
    return [NoteFace(*row) for row in notes.values_list("words", "author_id", "created_at")]
