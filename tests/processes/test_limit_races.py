"""What may be once holds when many ask at the same time, in real threads with connections of their own: the last circle and expert of
a community, an order by one key."""

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
from linli.core.refusal import Refusal
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


SAME_KEY = """
import sys
sys.path.insert(0, "TESTS")
import threading
from collections import Counter
from datetime import UTC, datetime
from django.db import connection
from factories.shop import make_member, make_sku, request
from linli.trade.models import Order
from linli.trade.operations.place_order import place_orders
at = datetime.now(UTC)
sku, buyer = make_sku(at), make_member(at)
outcomes = Counter()
ready = threading.Barrier(20)
def racing(body):
    try:
        ready.wait(30)
        [outcome] = place_orders([request(buyer, (sku, 1), key="k", body=body)], at=at)
        outcomes[getattr(outcome, "code", "") or outcome.orders[0].order_no] += 1
    except Exception as error:
        outcomes[repr(error)[:80]] += 1
    finally:
        connection.close()
threads = [threading.Thread(target=racing, args=(b"other" if n == 19 else b"body",)) for n in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join(100)
print(len(outcomes), sum(outcomes.values()), Order.objects.count(), sorted(outcomes.values()))
"""


@pytest.mark.capability("G2")
def test_twenty_orders_with_one_key_at_once_are_one(tmp_path: Path) -> None:
    """One of them ran into the key of another process and answered 503, its whole batch with it."""
    server = Server(tmp_path)
    try:
        said = server.python(SAME_KEY.replace("TESTS", str(Path(__file__).parents[1])))
    finally:
        server.stop()
    # Whoever came first says what the key means: nineteen have one answer, or one has and nineteen are told of the conflict.
    assert said == "2 20 1 [1, 19]", said


FAVOURITES = """
import sys
sys.path.insert(0, "TESTS")
import threading
from collections import Counter
from datetime import UTC, datetime
from django.db import connection
from factories.shop import make_member, make_sku
from linli.catalog.models import Favourite
from linli.catalog.operations import favourite
favourite.MOST_FAVOURITES = 3
at = datetime.now(UTC)
member, products = make_member(at), [make_sku(at).product_id for _ in range(6)]
outcomes = Counter()
ready = threading.Barrier(12)
def racing(product_id):
    try:
        ready.wait(30)
        favourite.keep_favourite(member_id=member.pk, product_id=product_id, wants_news=False, at=at)
        outcomes["kept"] += 1
    except Exception as error:
        outcomes[getattr(error, "code", "") or repr(error)] += 1
    finally:
        connection.close()
threads = [threading.Thread(target=racing, args=(products[n % 6],)) for n in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join(100)
print(sorted(outcomes.items()), Favourite.objects.count())
"""


@pytest.mark.capability("A10")
def test_favourites_end_at_their_limit_and_are_kept_once(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        said = server.python(FAVOURITES.replace("TESTS", str(Path(__file__).parents[1])))
    finally:
        server.stop()
    assert said == "[('favourites_full', 6), ('kept', 6)] 3", said
