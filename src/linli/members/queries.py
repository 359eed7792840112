"""Reading members."""

from collections.abc import Collection, Sequence
from datetime import datetime

from linli.core import finding, sql
from linli.core.codes import digest
from linli.members.models import MemberQuerySet
from linli.members.regions import TREE

MEMBER = "member"  # among what core.finding finds


def members_by_token(tokens: Sequence[str], *, at: datetime) -> dict[str, int]:
    """The active members behind bearer tokens; a token that is unknown or expired is left out."""
    hashes = {digest(token): token for token in tokens}
    rows = sql.rows(
        """select t.token_hash, t.member_id from members_apitoken t join members_member m on m.id = t.member_id
            where t.token_hash = any(%s::bytea[]) and t.expires_at > %s and m.status = 'active'""",
        (list(hashes), at),
    )
    return {hashes[bytes(row.token_hash)]: row.member_id for row in rows}


def find_members(members: MemberQuerySet, words: str) -> MemberQuerySet:
    """Members found by their name, however it is typed, or by part of their phone."""
    return members.filter(pk__in=finding.find(MEMBER, words))


def roles_of(member_id: int) -> frozenset[str]:
    """The roles granted to a member."""
    return frozenset(
        row.role for row in sql.rows("select role from members_rolegrant where member_id = %s", (member_id,))
    )


def region_names(code: str) -> tuple[str, ...]:
    """Province, city and district of a 6-digit code, as far as it goes; empty when there is no such region."""
    return _REGIONS.get(code, ())


def region_codes() -> list[str]:
    """Every 6-digit code that there is."""
    return list(_REGIONS)


def region_prefix(code: str) -> str:
    """The digits that all regions within a region begin with: two for a province, four for a city, six for a district."""
    digits = code.rstrip("0")
    return digits + "0" * (-len(digits) % 2)


def region_tree() -> list[dict]:
    """Provinces with their cities and districts, as the page's picker wants them."""
    return TREE


def is_place(code: str) -> bool:
    """Whether a parcel can be sent there: a district, or a city or county that has none; not a province or a city that has."""
    return code in _PLACES


def _leaves(nodes: Sequence[dict]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        children = node.get("children", [])
        found |= _leaves(children) if children else {node["code"].ljust(6, "0")[:6]}
    return found


def _flatten(nodes: Sequence[dict], above: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    flat: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        names = (*above, node["name"])
        flat[node["code"].ljust(6, "0")[:6]] = names
        flat |= _flatten(node.get("children", []), names)
    return flat


_REGIONS = _flatten(TREE, ())
_PLACES = _leaves(TREE)


def names_of(member_ids: Collection[int]) -> dict[int, str]:
    """The names of members by number; no statement for none."""
    asked = sorted(set(member_ids) - {0})
    if not asked:
        return {}
    rows = sql.rows("select id, name from members_member where id = any(%s::bigint[])", (asked,))
    return {row.id: row.name for row in rows}


def agent_regions(member_id: int) -> list[str]:
    """The regions that a member is the agent of, by code; an agent without one has none."""
    rows = sql.rows(
        "select scope from members_rolegrant where member_id = %s and role = 'agent' and scope <> '' order by scope",
        (member_id,),
    )
    return [row.scope for row in rows]


def is_within(region: str, scopes: Collection[str]) -> bool:
    """Whether a region is one of these, or within one of them; "" is within none."""
    return bool(region) and any(region.startswith(region_prefix(scope)) for scope in scopes)
