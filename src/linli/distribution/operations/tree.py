"""The cached leaders of the invitation forest (docs/plans.md). Joins share a lock, changes of leadership hold it alone: so
an owner who joins while a community splits has the right leader, and two changes that meet never half see each other."""

from collections.abc import Collection

from linli.core import sql
from linli.distribution.models import Owner, OwnerStatus
from linli.distribution.queries.plan import latest_plan

LOCK = 7302

# Everybody below an owner, down to the leaders there and not beyond.
_LEAD_ANEW = """
with recursive below(id) as (
  select member_id from distribution_owner where sponsor_id = %(owner)s
  union all
  select c.member_id from below join distribution_owner p on p.member_id = below.id
     and not (p.tier = any(%(leading)s::text[]) and p.status <> 'closed')
    join distribution_owner c on c.sponsor_id = p.member_id),
moved as (
  update distribution_owner o set leader_id = %(leader)s from below
   where o.member_id = below.id and o.leader_id is distinct from %(leader)s returning 1)
select count(*) as moved from moved
"""

_REBUILD = """
with recursive led(id, leader_id) as (
  select member_id, null::bigint from distribution_owner where sponsor_id is null
  union all
  select c.member_id, case when p.tier = any(%(leading)s::text[]) and p.status <> 'closed' then p.member_id else led.leader_id end
    from led join distribution_owner p on p.member_id = led.id join distribution_owner c on c.sponsor_id = p.member_id),
moved as (
  update distribution_owner o set leader_id = led.leader_id from led
   where o.member_id = led.id and o.leader_id is distinct from led.leader_id returning 1)
select count(*) as moved from moved
"""


def leads(owner: Owner, leading: Collection[str]) -> bool:
    """Whether an owner is a leader: of a leading tier, and not closed."""
    return owner.tier in leading and owner.status != OwnerStatus.closed


def leader_below(owner: Owner, leading: Collection[str]) -> int | None:
    """The leader of whoever stands directly below an owner."""
    return owner.pk if leads(owner, leading) else owner.leader_id


def join_community(sponsor_id: int) -> tuple[Owner, int | None]:
    """Hold the tree still until this transaction ends. Returns the sponsor and the newcomer's leader."""
    sql.rows("select pg_advisory_xact_lock_shared(%s)", (LOCK,))
    sponsor = Owner.objects.get(pk=sponsor_id)
    return sponsor, leader_below(sponsor, leading_tiers())


def change_leadership(owner_id: int, *, tier: str = "", status: str = "") -> int:
    """Give an owner another tier or status; the community splits off or falls to the leader above, all in this transaction.

    Returns how many owners have another leader now.
    """
    hold_still()
    leading = leading_tiers()
    owner = Owner.objects.select_for_update(of=("self",)).get(pk=owner_id)
    led = leads(owner, leading)
    owner.tier, owner.status = tier or owner.tier, status or owner.status
    owner.save(update_fields=["tier", "status"])
    if led == leads(owner, leading):
        return 0
    return sql.rows(
        _LEAD_ANEW, {"owner": owner.pk, "leading": list(leading), "leader": leader_below(owner, leading)}
    )[0].moved


def hold_still() -> None:
    """Let nobody join, rise or fall until this transaction ends."""
    sql.rows("select pg_advisory_xact_lock(%s)", (LOCK,))


def rebuild_leaders() -> int:
    """Find everybody's leader anew, when another plan says who leads (`hold_still` first). Returns how many have another one."""
    return sql.rows(_REBUILD, {"leading": list(leading_tiers())})[0].moved


def leading_tiers() -> frozenset[str]:
    """The tiers that lead: those of the plan activated last, which the whole cache follows."""
    return latest_plan().engine.plan.leading_tiers
