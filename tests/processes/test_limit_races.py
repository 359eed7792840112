"""How many circles and experts a community may have holds when leaders name them at the same time: real threads and connections."""

from pathlib import Path

import pytest

from processes.server import Server

pytestmark = pytest.mark.processes

RACE = """
import threading
from collections import Counter
from datetime import UTC, datetime
from django.db import connection
from linli.community.models import Circle, Community, Expert, Membership
from linli.community.operations.circle import MOST_CIRCLES, open_circle
from linli.community.operations.expert import MOST_EXPERTS, name_expert
from linli.core.actor import SYSTEM
from linli.members.models import Member
at = datetime.now(UTC)
community = Community.objects.create(type="light", region="440305", name="x", capacity=500, daily_intake=50, created_at=at)
members = [Member.objects.create(phone=str(n), name=str(n), created_at=at, password="!") for n in range(MOST_EXPERTS + 7)]
for member in members:
    Membership.objects.create(community=community, member=member, state="active", asked_at=at, seen_at=at)
def expert(member):
    name_expert(community=community, member_id=member.pk, subject="x", weekdays=[1], from_minute=0, to_minute=60, actor=SYSTEM, at=at)
def circle(name):
    open_circle(community=community, name=name, intro="", actor=SYSTEM, at=at)
for n in range(MOST_CIRCLES - 1):
    circle(f"before {n}")
for member in members[:MOST_EXPERTS - 1]:
    expert(member)
outcomes = Counter()
ready = threading.Barrier(16)
def racing(work, what):
    try:
        ready.wait(30)
        work(what)
        outcomes["made"] += 1
    except Refusal as error:
        outcomes[error.code] += 1
    except Exception as error:
        outcomes[repr(error)] += 1
    finally:
        connection.close()
threads = [threading.Thread(target=racing, args=(circle, f"last {n}")) for n in range(8)]
threads += [threading.Thread(target=racing, args=(expert, member)) for member in members[MOST_EXPERTS - 1:]]
for thread in threads: thread.start()
for thread in threads: thread.join(100)
print(sorted(outcomes.items()), Circle.objects.count(), Expert.objects.count())
"""


@pytest.mark.capability("C7")
def test_the_last_place_is_given_once(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        assert server.python(RACE) == "[('made', 2), ('too_many_circles', 7), ('too_many_experts', 7)] 20 12"
    finally:
        server.stop()
