"""The address book's form: what is pasted is taken apart, looked at, and only then saved."""

from datetime import datetime

import pytest

from factories.shop import make_member
from linli.members.models import Address
from web.reading import flat
from web.test_network_pages import client_of

pytestmark = pytest.mark.usefixtures("holds")
PASTED = "张三 13812345678 浙江省杭州市西湖区文三路100号1幢201"


def test_what_is_pasted_is_shown_and_not_saved(at: datetime) -> None:
    client = client_of(make_member(at), language="en")
    path = "/me/addresses/new?next=/checkout"
    answer = client.post(path, {"pasted": PASTED, "then": "read", "next": "/checkout"})
    page = flat(answer)
    assert answer.status_code == 200 and Address.objects.count() == 0
    assert 'value="张三"' in page and 'value="13812345678"' in page and 'data-keep="330106"' in page
    assert "文三路100号1幢201</textarea>" in page and "Check the details" in page
    assert 'name="next" value="/checkout"' in page
    form = {
        "name": "张三",
        "phone": "13812345678",
        "district": "330106",
        "detail": "文三路100号",
        "then": "save",
    }
    assert client.post(path, form | {"next": "/checkout"}).url.startswith("/checkout?address=")


def test_what_is_not_certain_is_asked_for_and_what_was_typed_stays(at: datetime) -> None:
    client = client_of(make_member(at), language="en")
    form = {"name": "李四", "phone": "", "detail": "", "then": "read", "pasted": "文三路100号 13812345678"}
    page = flat(client.post("/me/addresses/new", form))
    assert "Please complete the rest" in page and 'value="13812345678"' in page


def test_enter_with_nothing_to_read_saves(at: datetime) -> None:
    member = make_member(at)
    form = {
        "name": "张三",
        "phone": "13812345678",
        "district": "330106",
        "detail": "文三路100号",
        "then": "read",
        "pasted": " ",
    }
    assert client_of(member).post("/me/addresses/new", form).status_code == 302
    assert Address.objects.get().member_id == member.pk


@pytest.mark.parametrize("pasted", ["\0", "😀" * 500, "\u3164", "1" * 400, "<script>"])
def test_nothing_that_is_pasted_breaks_the_page(at: datetime, pasted: str) -> None:
    answer = client_of(make_member(at)).post("/me/addresses/new", {"pasted": pasted, "then": "read"})
    assert answer.status_code in (200, 400, 422) and Address.objects.count() == 0
