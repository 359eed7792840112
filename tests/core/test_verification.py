"""Every invariant recomputed by a worker, as a person asked on a page."""

from datetime import datetime, timedelta

import pytest

from factories.shop import make_member
from linli.core.actor import SYSTEM, Role
from linli.core.invariants import checks
from linli.core.models import SetAside, Verification
from linli.core.verification import ask_verification, verify_asked
from linli.members.operations.profile import grant_role
from web.reading import flat
from web.test_network_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.capability("G1")]


def test_what_is_asked_twice_is_done_once(at: datetime) -> None:
    first = ask_verification(actor=SYSTEM, at=at)
    assert ask_verification(actor=SYSTEM, at=at) == first
    assert [verify_asked(at=at), verify_asked(at=at)] == [1, 0]
    done = Verification.objects.get()
    assert [row["name"] for row in done.found] == list(checks) and done.broken_count == 0
    assert ask_verification(actor=SYSTEM, at=at) != first, "it is over: anew"


def test_one_that_a_dead_worker_left_is_no_reason_to_wait(at: datetime) -> None:
    left = ask_verification(actor=SYSTEM, at=at)
    later = at + timedelta(hours=1)
    assert verify_asked(at=later) == 0 and ask_verification(actor=SYSTEM, at=later) != left


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_asks_waits_and_says_what_is_broken(at: datetime, language: str) -> None:
    member = make_member(at)
    grant_role(member=member, role=Role.operator, actor=SYSTEM, at=at)
    client = client_of(member, language=language)
    assert "data-poll" not in flat(client.get("/ops/money"))
    assert client.post("/ops/verifications").url == "/ops/money"
    [asked] = Verification.objects.all()
    page = flat(client.get("/ops/money"))
    assert f'data-poll="/ops/verifications/{asked.pk}"' in page and f"0 / {len(checks)}" in page
    assert client.get(f"/ops/verifications/{asked.pk}").json() == {"state": "0"}
    SetAside.objects.create(
        queue="x.y", item=7, error="it broke", tries=1, created_at=at, next_try_at=at + timedelta(days=1)
    )
    verify_asked(at=at)
    assert client.get(f"/ops/verifications/{asked.pk}").json() == {"state": f"{len(checks)} done"}
    page = flat(client.get("/ops/money"))
    assert "data-poll" not in page and "x.y could not handle 7 (1 tries): it broke" in page
    assert {"en": "1 invariant is broken.", "zh-hans": "1 条不成立。"}[language] in page
    if language == "zh-hans":
        assert all(check.find.__doc__ not in page for check in checks.values()), (
            "every sentence is translated"
        )
    assert client_of(make_member(at)).post("/ops/verifications").status_code == 403
