"""The price that is shown is the price that is paid: coupons are chosen for what is paid, freight and all."""

from dataclasses import replace
from datetime import datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from factories.campaign import claimed, make_batch_of, with_coupons
from factories.shop import make_member, make_merchant, make_sku, paid_order, placed, request
from linli.campaigns.models import Coupon
from linli.campaigns.rules.price import best_vouchers
from linli.campaigns.types import Voucher
from linli.trade.queries.quote import coupon_options, quote
from linli.trade.types import Quote

pytestmark = [pytest.mark.capability("D10"), pytest.mark.capability("D4")]


def total(asked: Quote | object) -> int:
    assert isinstance(asked, Quote), asked
    return asked.total_fen


@pytest.mark.django_db
@pytest.mark.usefixtures("holds")
def test_a_coupon_that_costs_the_free_delivery_is_not_taken(at: datetime) -> None:
    """60.00 free of freight; five off, and freight is due: 63.00."""
    merchant = make_merchant(at, freight_fen=800, free_from_fen=6000)
    member = make_member(at)
    sku = make_sku(at, price_fen=6000, merchant=merchant)
    coupon = claimed(make_batch_of(at, face_fen=500), member, at)
    asked = request(member, (sku, 1))
    [option], best = coupon_options(asked.basket, at=at)
    assert (best, option.cut_fen) == ((), 0)
    assert total(quote(asked.basket, at=at)) == 6000
    chosen = with_coupons(asked, coupon)
    assert total(quote(chosen.basket, at=at)) == 6300, "whoever insists pays it, and is told"
    larger = claimed(make_batch_of(at, face_fen=900), member, at)
    assert coupon_options(asked.basket, at=at)[1] == (larger.pk,)


@pytest.mark.django_db
@pytest.mark.usefixtures("holds")
def test_a_coupon_that_grows_is_not_spent_unasked(at: datetime) -> None:
    member = make_member(at)
    growing = claimed(
        make_batch_of(at, kind="growth", face_fen=300, cap_fen=1500, step_fen=300, min_spend_fen=0),
        member,
        at,
    )
    asked = request(member, (make_sku(at, price_fen=2290), 1))
    options, best = coupon_options(asked.basket, at=at)
    assert (best, [one.cut_fen for one in options]) == ((), [300])
    paid_order(at, with_coupons(asked, growing))
    assert Coupon.objects.get(pk=growing.pk).state == "used", "who chooses it may"


@pytest.mark.django_db
def test_what_is_quoted_is_what_is_placed(at: datetime) -> None:
    member, merchant = make_member(at), make_merchant(at, freight_fen=800, free_from_fen=9900)
    coupon = claimed(make_batch_of(at, face_fen=700), member, at)
    asked = with_coupons(request(member, (make_sku(at, price_fen=5000, merchant=merchant), 1)), coupon)
    fen = total(quote(asked.basket, at=at))
    made = placed(at, replace(asked, quoted_fen=fen))
    assert sum(order.total_fen for order in made.orders) == fen == 5000 - 700 + 800


vouchers = st.lists(
    st.builds(
        Voucher,
        coupon_id=st.integers(1, 10**6),
        name=st.just(""),
        merchant_id=st.integers(0, 3),
        face_fen=st.integers(1, 3000),
        min_spend_fen=st.sampled_from([0, 3000, 6000]),
        grows_fen=st.sampled_from([0, 0, 0, 500]),
    ),
    max_size=6,
    unique_by=lambda one: one.coupon_id,
)


@given(held=vouchers, free_from=st.sampled_from([0, 4000, 6000]))
@hypothesis_settings(max_examples=300)
def test_no_choice_of_coupons_pays_less(held: list[Voucher], free_from: int) -> None:
    """Against every choice, with a freight that comes back below a threshold."""

    def paid(chosen: tuple[Voucher, ...]) -> int:
        goods = max(6500 - sum(one.face_fen for one in chosen if one.min_spend_fen <= 6500), 0)
        return goods + (800 if goods < free_from else 0)

    best = best_vouchers(held, paid)
    assert not any(one.grows_fen for one in best)
    assert len({(one.lane, one.merchant_id) for one in best}) == len(best)
    grown = [one for one in held if not one.grows_fen]
    kinds = [[one for one in grown if one.merchant_id == kind] for kind in range(4)]
    least = min(
        paid(tuple(one for one in choice if one)) for choice in product(*[[None, *kind] for kind in kinds])
    )
    assert paid(best) == least
