"""Joins and splits of one community, and of communities above and below each other, at the same time: real threads and connections."""

from pathlib import Path

import pytest

from processes.server import Server

pytestmark = pytest.mark.processes

RACE = """
import threading
from datetime import UTC, datetime
from django.db import connection
from linli.core.actor import SYSTEM, Actor
from linli.core.invariants import run_checks
from linli.distribution.models import Owner
from linli.distribution.operations import plan as plans
from linli.distribution.operations.owner import open_shop
from linli.distribution.operations.tier import appoint
from linli.distribution.queries.plan import preset
from linli.members.models import Member
from linli.members.operations.profile import invite
at = datetime.now(UTC)
plan = plans.draft_plan(document=preset("wanwu"), actor=Actor(member_id=1), at=at)
plan = plans.simulate_plan(plan=plans.check_plan(plan=plan, at=at), at=at)
plans.approve_plan(plan=plan, begins_at=at, actor=Actor(member_id=2), at=at)
plans.activate_plans(at=at)
def owner(sponsor, phone):
    member = Member.objects.create(phone=phone, name="x", created_at=at, password="!")
    invitation = invite(inviter=sponsor.member, at=at) if sponsor else None
    return open_shop(member=member, invitation=invitation, shop_name="x", at=at)
a = owner(None, "100")
appoint(owner=a, tier="senior", actor=SYSTEM, at=at)
b = owner(a, "101")
sponsors = [owner(b, f"11{n}") for n in range(6)]
failures = []
def guarded(work, *arguments):
    try:
        work(*arguments)
    except Exception as error:
        failures.append(repr(error))
    finally:
        connection.close()
def joins(n):
    for m in range(10):
        owner(sponsors[n], f"2{n}{m}")
def rises(who):
    for n in range(31):
        appoint(owner=who, tier="gold" if n % 2 == 0 else "ordinary", actor=SYSTEM, at=at)
threads = [threading.Thread(target=guarded, args=(joins, n)) for n in range(6)] + [threading.Thread(target=guarded, args=(rises, who)) for who in (a, b, sponsors[0])]
for thread in threads: thread.start()
for thread in threads: thread.join(100)
wrong = {check.name: places for check, places in run_checks() if places}
print(failures, wrong, Owner.objects.filter(sponsor__in=sponsors, leader=b).count())
"""


@pytest.mark.capability("B9")
def test_joins_while_a_community_splits_and_comes_back_lose_nobody(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        assert server.python(RACE) == "[] {} 50", "the last rise of the first sponsor took its ten along"
    finally:
        server.stop()
