"""What was bought once is bought again with one tap, as far as it is still sold."""

from datetime import datetime

import pytest

from factories.shop import make_member, make_sku, placed, received_order, request
from linli.catalog.models import Product, Stock
from linli.core.actor import SYSTEM
from linli.trade.models import CartLine, Order
from linli.trade.operations.cancel_order import cancel_order
from web.reading import flat
from web.test_network_pages import client_of

pytestmark = pytest.mark.usefixtures("holds")


def lines_of(member_id: int) -> dict[int, int]:
    return dict(CartLine.objects.filter(member_id=member_id).values_list("sku_id", "quantity"))


def test_what_is_still_sold_is_in_the_cart_and_the_rest_is_named(at: datetime) -> None:
    buyer, here, gone, scarce = make_member(at), make_sku(at), make_sku(at), make_sku(at, stock=5)
    order = received_order(at, request(buyer, (here, 2), (gone, 1), (scarce, 5)))
    client = client_of(buyer, language="en")
    assert "Buy again" in flat(client.get(f"/orders/{order.order_no}")) + flat(client.get("/orders"))
    Product.objects.filter(pk=gone.product_id).update(state="off_sale")
    Stock.objects.filter(sku=scarce).update(available_count=2)
    orders = [order, *Order.objects.filter(checkout_no=order.checkout_no).exclude(pk=order.pk)]
    said = ""
    for one in orders:
        said += flat(client.post(f"/orders/{one.order_no}/again", follow=True))
    assert lines_of(buyer.pk)[here.pk] == 2 and gone.pk not in lines_of(buyer.pk)
    assert "Unavailable right now" in said and gone.product.title in said
    client.post(f"/orders/{order.order_no}/again")
    assert lines_of(buyer.pk)[here.pk] == 4, "once more is once more"


def test_one_variant_that_is_gone_takes_no_other_with_it(at: datetime) -> None:
    from linli.catalog.models import Sku

    buyer, here = make_member(at), make_sku(at)
    twin = Sku.objects.create(product=here.product, title="三只礼盒", option_values=["三只礼盒"], position=2)
    for table in (here.offer, here.stock):
        table.pk = twin.pk
        table.save(force_insert=True)
    order = received_order(at, request(buyer, (here, 1), (twin, 1)))
    Stock.objects.filter(sku=here).update(available_count=0)
    said = flat(client_of(buyer, language="en").post(f"/orders/{order.order_no}/again", follow=True))
    assert lines_of(buyer.pk) == {twin.pk: 1} and "It is in your cart." in said
    Stock.objects.update(available_count=0)
    CartLine.objects.all().delete()
    said = flat(client_of(buyer, language="en").post(f"/orders/{order.order_no}/again", follow=True))
    assert lines_of(buyer.pk) == {} and "It is in your cart." not in said and "三只礼盒" in said


def test_the_cart_takes_no_more_than_there_is(at: datetime) -> None:
    buyer, sku = make_member(at), make_sku(at, stock=5)
    client = client_of(buyer, language="en")
    form = {"sku": sku.pk, "product": sku.product_id, "then": "cart"}
    assert "Not enough left" in flat(client.post("/cart/add", form | {"quantity": 6}, follow=True))
    assert "It is in your cart." in flat(client.post("/cart/add", form | {"quantity": 3}, follow=True))
    assert "Not enough left" in flat(client.post("/cart/add", form | {"quantity": 3}, follow=True))
    assert lines_of(buyer.pk) == {sku.pk: 3}


def test_the_page_of_the_payment_tells_of_no_older_state(at: datetime) -> None:
    buyer = make_member(at)
    order = received_order(at, request(buyer, (make_sku(at), 1)))
    assert client_of(buyer).get(f"/orders/{order.order_no}/result").url == f"/orders/{order.order_no}"


def test_a_closed_order_too_and_nobody_elses(at: datetime) -> None:
    buyer, sku = make_member(at), make_sku(at)
    placed(at, request(buyer, (sku, 3)))
    order = Order.objects.get()
    cancel_order(order=order, actor=SYSTEM, at=at)
    assert client_of(make_member(at)).post(f"/orders/{order.order_no}/again").status_code == 404
    assert client_of(buyer).post(f"/orders/{order.order_no}/again").url == "/cart"
    assert lines_of(buyer.pk) == {sku.pk: 3}
