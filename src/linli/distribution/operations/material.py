"""Materials: words about products are written, retired by a person, or by themselves when they bring too little."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from linli.core import audit
from linli.core.actor import Actor
from linli.core.recordings import recording_of
from linli.core.refusal import Refusal
from linli.core.typed import is_seen
from linli.distribution.models import Material

MOST_WORDS, MOST_MATERIALS = 300, 30


def write_material(
    *,
    product_id: int,
    words: str,
    months: Sequence[int] = (),
    recording: str = "",
    actor: Actor,
    at: datetime,
) -> Material:
    """Words about a product for owners to post, with a video that the writer has sent. Raises Refusal: text_needed, too_long,
    out_of_range (months), too_many_copies, bad_recording."""
    words = words.strip()
    if not is_seen(words):
        raise Refusal("text_needed")
    if len(words) > MOST_WORDS:
        raise Refusal("too_long")
    if any(not 1 <= month <= 12 for month in months):
        raise Refusal("out_of_range")
    if Material.objects.filter(product_id=product_id, retired_at=None).count() >= MOST_MATERIALS:
        raise Refusal("too_many_copies")
    video = recording_of(recording, member_id=actor.member_id) if recording else None
    if recording and (video is None or video.kind != "video"):
        raise Refusal("bad_recording")
    made = Material.objects.create(
        product_id=product_id,
        words=words,
        recording=video,
        months=sorted(set(months)),
        created_by_id=actor.member_id,
        created_at=at,
    )
    audit.record(actor=actor, action="write_material", subject=f"product:{product_id}", at=at)
    return made


def retire_material(*, material: Material, actor: Actor, at: datetime) -> None:
    """Owners do not get it any more; what was posted stays measured. A second time changes nothing."""
    if Material.objects.filter(pk=material.pk, retired_at=None).update(retired_at=at, retired_why="person"):
        audit.record(actor=actor, action="retire_material", subject=f"material:{material.pk}", at=at)


def retire_weak(material_ids: Iterable[int], *, at: datetime) -> int:
    """Words that bring too little give way to others. Returns how many."""
    return Material.objects.filter(pk__in=list(material_ids), retired_at=None).update(
        retired_at=at, retired_why="weak"
    )
