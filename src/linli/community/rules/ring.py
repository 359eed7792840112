"""What a group of the outer ring can be. Pure. What each platform really allows is said where people decide (research: none of
them lets a program read or post in an ordinary group)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from linli.core.typed import is_named

PLATFORMS = ("wechat", "wecom", "qq", "other")
TYPES = ("benefit", "light", "heavy")
# A name with dots, and a port; nobody's name before an @, and nothing that a browser reads otherwise than we do.
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?", re.IGNORECASE)
_NEVER = re.compile(r"[^!-~]|[\\\"'<>`]|.{201}")
# What the platforms let into one group at most.
CAPACITY = {"wechat": 500, "wecom": 500, "qq": 2000, "other": 200_000}
QR_DAYS = {"wechat": 7, "wecom": 365, "qq": 365, "other": 365}


@dataclass(frozen=True)
class OuterGroupDraft:
    """A group of the outer ring as its leader has it; the meaning of each value stands at models.OuterGroup."""

    platform: str
    name: str
    type: str
    region: str
    capacity: int
    member_count: int = 0
    position: int = 0
    join_url: str = ""


def faults_of(draft: OuterGroupDraft, *, is_region: bool) -> dict[str, str]:
    """The fields of a draft that cannot be, each with the code of its sentence."""
    faults: dict[str, str] = {}
    if draft.platform not in PLATFORMS:
        faults["platform"] = "unreadable"
    if draft.type not in TYPES:
        faults["type"] = "unreadable"
    if not is_named(draft.name, 40):
        faults["name"] = "bad_name"
    if not is_region:
        faults["region"] = "community_region"
    if not 2 <= draft.capacity <= CAPACITY.get(draft.platform, 0):
        faults["capacity"] = "outer_capacity"
    if not 0 <= draft.member_count <= draft.capacity:
        faults["member_count"] = "outer_count"
    if not 0 <= draft.position <= 999:
        faults["position"] = "out_of_range"
    if draft.join_url and not _is_web_address(draft.join_url):
        faults["join_url"] = "outer_url"
    return faults


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(_HOST.fullmatch(parts.netloc)) and not _NEVER.search(text)


def qr_until(platform: str, *, at: datetime) -> datetime:
    """Until when a picture of a join code that was taken now holds."""
    return at + timedelta(days=QR_DAYS[platform])
