"""Routing on its pages: what I say of myself, what fits me, the operator's rules, dry run and run."""

from datetime import datetime

import pytest

from community.test_routing import fitting, resident
from factories.community import make_community
from factories.shop import make_member
from linli.community.models import RoutedPlace, RoutingRule
from linli.core.actor import SYSTEM, Role
from linli.members.models import Trait
from linli.members.operations.profile import grant_role
from linli.trade.operations.routing import route_members
from web.reading import flat
from web.test_campaign_pages import text
from web.test_network_pages import client_of

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("C2")]


def test_saying_and_finding_and_declining(at: datetime) -> None:
    fitting(at, "茶友会", rule={"interests": ["母婴"]})
    member = resident(at)
    client = client_of(member)
    assert client.post("/me/traits", {"occupation": "parent", "interest": ["母婴"]}).status_code == 302
    assert "checked" in text(client, "/me/traits") and Trait.objects.filter(member=member).count() == 2
    route_members(at=at, is_dry=False)
    assert "茶友会" in text(client, "/communities") and "what you like" in text(client, "/communities")
    place = RoutedPlace.objects.get()
    assert client_of(make_member(at)).post(f"/places/{place.pk}/decline").status_code == 404
    client.post(f"/places/{place.pk}/decline")
    assert "what you like" not in text(client, "/communities")


def test_the_operator_writes_tries_and_runs(at: datetime) -> None:
    operator, community = make_member(at), make_community(at, name="滨江圈")
    grant_role(member=operator, role=Role.operator, actor=SYSTEM, at=at)
    resident(at)
    client = client_of(operator)
    assert "No rules yet." in text(client, "/ops/routing")
    client.post("/ops/routing/0", {"community": community.pk, "identity": ["newcomer"], "priority": "3"})
    assert RoutingRule.objects.get().identities == ["newcomer"]
    tried = flat(client.post("/ops/routing", {"action": "dry"}))
    assert (
        "1 proposed, 0 in line, 0 given up. Nothing was changed." in tried
        and not RoutedPlace.objects.exists()
    )
    assert client.post("/ops/routing", {"action": "run"}).status_code == 302
    assert RoutedPlace.objects.count() == 1
    client.post(f"/ops/routing/{community.pk}", {"occupation": ["astronaut"]})
    assert RoutingRule.objects.get().occupations == []
    client.post(f"/ops/routing/{community.pk}", {"action": "drop"})
    assert not RoutingRule.objects.exists()
