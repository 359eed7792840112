"""What a community can be: its defaults by type, and the faults of a draft."""

from dataclasses import dataclass

from linli.core.typed import is_named

CAPACITY = {"benefit": 500, "light": 300, "heavy": 150}
DAILY_INTAKE = {"benefit": 100, "light": 30, "heavy": 10}
MOST_CAPACITY = 100_000
MOST_TAGS = 6
ENTRIES = ("open", "question", "invitation", "purchase", "fee")
MOST_FEE_FEN = 1_000_000


@dataclass(frozen=True)
class CommunityDraft:
    """A community as somebody would have it."""

    name: str
    type: str
    capacity: int
    daily_intake: int
    region: str = ""
    tags: tuple[str, ...] = ()
    intro: str = ""
    rules: str = ""
    announcement: str = ""
    picture: str = ""
    entry_kind: str = "open"
    entry_question: str = ""
    entry_product_id: int = 0
    entry_spend_fen: int = 0
    entry_fee_fen: int = 0
    leader_id: int = 0


def faults_of(draft: CommunityDraft, *, is_region: bool) -> dict[str, str]:
    """The fields of a draft that cannot be, each with the code of its sentence."""
    faults: dict[str, str] = {}
    if not is_named(draft.name, 24):
        faults["name"] = "bad_name"
    if draft.type not in CAPACITY:
        faults["type"] = "unreadable"
    if not 2 <= draft.capacity <= MOST_CAPACITY:
        faults["capacity"] = "community_capacity"
    if not 1 <= draft.daily_intake <= MOST_CAPACITY:
        faults["daily_intake"] = "community_intake"
    if draft.region and not is_region:
        faults["region"] = "community_region"
    if len(draft.tags) > MOST_TAGS or any(not 1 <= len(tag) <= 12 for tag in draft.tags):
        faults["tags"] = "community_tags"
    for field, most in (("intro", 120), ("rules", 2000), ("announcement", 200), ("entry_question", 120)):
        if len(getattr(draft, field)) > most:
            faults[field] = "too_long"
    if draft.entry_kind not in ENTRIES:
        faults["entry_kind"] = "unreadable"
    if draft.entry_kind == "question" and not draft.entry_question:
        faults["entry_question"] = "entry_question_needed"
    if draft.entry_kind == "purchase" and not draft.entry_product_id and draft.entry_spend_fen <= 0:
        faults["entry_spend"] = "entry_purchase_needed"
    if draft.entry_kind == "fee" and not 1 <= draft.entry_fee_fen <= MOST_FEE_FEN:
        faults["entry_fee"] = "entry_fee_needed"
    return faults
