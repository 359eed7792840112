"""Honours: for own kept sales, taken once, as the owner chooses; never for people brought in."""

from datetime import datetime, timedelta

import pytest

from factories.shop import completed_order, make_member, make_owner, make_sku, request
from linli.campaigns.operations.recognition import NotToBeTaken, take_recognition
from linli.campaigns.queries.points import points_of
from linli.campaigns.queries.recognition import badges_of, kept_sales, progress_of

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("B14")]


def test_an_owner_takes_what_own_kept_sales_have_reached_as_a_badge_or_as_points(at: datetime) -> None:
    owner, other = make_owner(at), make_owner(at)
    make_owner(at, sponsor=owner)
    with pytest.raises(NotToBeTaken):
        take_recognition(owner=owner, code="first_sale", taken_as="badge", at=at)
    for seller in (owner, other):
        asked = request(make_member(at), (make_sku(at), 1), share_code=seller.shop_code)
        completed_order(at, asked, at + timedelta(days=8))
    assert [(one.milestone.code, one.value) for one in progress_of(owner.pk, kept_sales(owner.pk))] == [
        ("first_sale", 1),
        ("ten_sales", 1),
        ("ten_thousand_yuan", 19_900),
        ("hundred_sales", 1),
    ]
    take_recognition(owner=owner, code="first_sale", taken_as="badge", at=at)
    take_recognition(owner=other, code="first_sale", taken_as="points", at=at)
    assert (badges_of(owner.pk), badges_of(other.pk)) == (["first_sale"], [])
    assert points_of([owner.pk, other.pk], at=at) == {owner.pk: 0, other.pk: 100}
    for code, taken_as in (
        ("first_sale", "points"),
        ("ten_sales", "badge"),
        ("nothing", "badge"),
        ("first_sale", "cash"),
    ):
        with pytest.raises(NotToBeTaken):
            take_recognition(owner=owner, code=code, taken_as=taken_as, at=at)
