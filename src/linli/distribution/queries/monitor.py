"""What a linter cannot see in a document: how the network lives. The rules of docs/plans.md marked MON, and the marks
of people who pay themselves. Each finding names its evidence; a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

from linli.core import sql

PEOPLE_ALARM, LEVELS_ALARM, IDLE_ALARM_PERCENT = 20, 2, 60

_RECRUITING = """
select coalesce(sum(amount_fen) filter (where joiner_id is not null), 0)::bigint as recruit_fen,
       coalesce(sum(amount_fen - reversed_fen), 0)::bigint as all_fen
  from distribution_commissionline where beneficiary_id <> 0 and paid_at > %s
"""
_LARGEST = """
select coalesce(max(people), 0) as people, coalesce(max(levels), 0) as levels from (
  select c.beneficiary_id, count(distinct s.beneficiary_id) + 1 as people,
         case when bool_or(o.sponsor_id is distinct from c.beneficiary_id) then 3 else 2 end as levels
    from distribution_commissionline c
    join distribution_commissionline s on s.order_line_id = c.order_line_id and s.kind = 'commission'
    join distribution_owner o on o.member_id = s.beneficiary_id
   where c.kind = 'override' and c.paid_at > %s group by c.beneficiary_id) t
"""
_IDLE = """
select count(*) as owners, count(*) filter (where not exists (
         select 1 from distribution_commissionline c where c.beneficiary_id = o.member_id and c.kind = 'commission'
            and c.state = 'available' and c.available_at > %s)) as idle
  from distribution_owner o where o.status = 'active'
"""

# Five or more shops opened under one inviter within a day.
_BURSTS = """
select s.member_id, s.shop_name, s.status, max(n) as count from (
  select sponsor_id, count(*) over (partition by sponsor_id order by opened_at range between '1 day' preceding and current row) as n
    from distribution_owner where sponsor_id is not null {sponsors}) x
  join distribution_owner s on s.member_id = x.sponsor_id where n >= 5 group by s.member_id, s.shop_name, s.status
 order by max(n) desc limit 20
"""
# Five or more invited, and none of them has ever sold to anybody.
_STARS = """
select s.member_id, s.shop_name, s.status, count(*) as count from distribution_owner o join distribution_owner s on s.member_id = o.sponsor_id
 where not exists (select 1 from distribution_owner x join distribution_commissionline c on c.beneficiary_id = x.member_id
                    where x.sponsor_id = s.member_id and c.kind = 'commission') {starred}
 group by s.member_id, s.shop_name, s.status having count(*) >= 5 order by count(*) desc limit 20
"""
# Earnings that went back after they had matured.
_LATE_REFUNDS = """
select o.member_id, o.shop_name, o.status, count(*) as count, sum(c.reversed_fen)::bigint as fen
  from distribution_commissionline c join distribution_owner o on o.member_id = c.beneficiary_id
  join ledger_transaction t on t.kind = 'refund' and t.reference = c.order_no and t.effective_at > c.available_at
 where c.state = 'available' and c.reversed_fen > 0 {earners} group by o.member_id, o.shop_name, o.status order by fen desc limit 20
"""
# Owners who signed in with the same browser as the one who invited them.
_SIBLINGS = """
select s.member_id, s.shop_name, s.status, count(distinct o.member_id) as count
  from distribution_owner o join distribution_owner s on s.member_id = o.sponsor_id
  join members_device d on d.member_id = o.member_id join members_device e on e.member_id = s.member_id and e.device_hash = d.device_hash
 where true {starred} group by s.member_id, s.shop_name, s.status order by count(distinct o.member_id) desc limit 20
"""
# Buyers of an owner's links who sign in with the owner's own browser: a household, or the owner with a second phone.
_OWN_BUYERS = """
select o.member_id, o.shop_name, o.status, count(distinct b.member_id) as count
  from distribution_binding b join distribution_owner o on o.member_id = b.owner_id
  join members_device d on d.member_id = b.member_id join members_device e on e.member_id = o.member_id and e.device_hash = d.device_hash
 where true {owners} group by o.member_id, o.shop_name, o.status order by count(distinct b.member_id) desc limit 20
"""

_OF: dict[str, LiteralString] = {
    "sponsors": "and sponsor_id = any(%(of)s::bigint[])",
    "starred": "and o.sponsor_id = any(%(of)s::bigint[])",
    "owners": "and o.member_id = any(%(of)s::bigint[])",
    "earners": "and c.beneficiary_id = any(%(of)s::bigint[])",
}


@dataclass(frozen=True)
class Reading:
    """A monitor's value beside its alarm. unit: percent, people or levels."""

    rule: str
    value: int
    alarm: int
    unit: str

    @property
    def is_alarm(self) -> bool:
        return self.value > self.alarm


def readings(*, at: datetime) -> list[Reading]:
    """The runtime monitors: what recruiting is of all earnings, the largest paid tree, and owners who sell to nobody."""
    month = at - timedelta(days=30)
    recruiting = sql.rows(_RECRUITING, (month,))[0]
    largest = sql.rows(_LARGEST, (month,))[0]
    idle = sql.rows(_IDLE, (at - timedelta(days=90),))[0]
    return [
        Reading("CN-MLM-09", _percent(recruiting.recruit_fen, recruiting.all_fen), 0, "percent"),
        Reading("CN-MLM-10", largest.people, PEOPLE_ALARM, "people"),
        Reading("CN-MLM-10", largest.levels, LEVELS_ALARM, "levels"),
        Reading("CN-MLM-13", _percent(idle.idle, idle.owners), IDLE_ALARM_PERCENT, "percent"),
    ]


def flags(owner_ids: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Owners whom a person should look at (of all, or of these): kind (burst, star, siblings, own_buyer, late_refund), the shop, and
    the evidence in numbers."""
    which: dict[str, LiteralString] = dict.fromkeys(_OF, "") if owner_ids is None else _OF
    found: list[dict[str, Any]] = []
    for kind, statement in (
        ("burst", _BURSTS),
        ("star", _STARS),
        ("siblings", _SIBLINGS),
        ("own_buyer", _OWN_BUYERS),
        ("late_refund", _LATE_REFUNDS),
    ):
        rows = sql.dicts(statement.format(**which), {"of": list(owner_ids or ())})
        found += [{"kind": kind, "fen": 0, **row} for row in rows]
    return found


def _percent(part: int, whole: int) -> int:
    return part * 100 // whole if whole else 0
