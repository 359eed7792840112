"""The daily pack on its page, and a merchant's words for owners."""

from datetime import datetime

import pytest

from factories.recording import sent, video, voice
from factories.shop import make_owner, make_sku
from linli.catalog.models import Product
from linli.core.models import Recording
from linli.core.recordings import encode_recordings
from linli.distribution.models import Material, PackItem
from web.reading import flat
from web.test_campaign_pages import text
from web.test_network_pages import client_of

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("B10")]


def test_from_a_merchants_words_to_an_owners_post(at: datetime) -> None:
    sku, owner = make_sku(at), make_owner(at)
    staff = client_of(sku.product.merchant.staff.get().member)
    here = f"/merchant/goods/{sku.product_id}/materials"
    assert here in text(staff, f"/merchant/goods/{sku.product_id}")
    wrong = staff.post(here, {"words": "长" * 301, "month": ["5"]})
    assert wrong.status_code == 422 and "长" * 301 in flat(wrong)
    assert staff.post(here, {"words": "我自己囤了两箱"}).status_code == 302
    client = client_of(owner.member)
    shown = text(client, "/owner/pack")
    item = PackItem.objects.get()
    assert f"我自己囤了两箱 http://testserver/s/{item.share_link.code}" in shown and "39.80" in shown
    assert client.get(f"/s/{item.share_link.code}/poster.jpg")["Content-Type"] == "image/jpeg"
    client.post(f"/owner/pack/{item.pk}")
    assert PackItem.objects.get().posted_at
    assert client_of(make_owner(at).member).post(f"/owner/pack/{item.pk}").status_code == 404
    client.get(f"/s/{item.share_link.code}")
    assert "opened 1, 0 orders" in text(client, "/owner/pack")
    assert "Nothing for this day." in text(client, "/owner/pack?date=2020-01-01")
    assert text(client, "/owner/pack?date=nonsense", status=400)
    assert text(client, "/owner/pack?date=2999-01-01", status=400)
    other = client_of(make_sku(at).product.merchant.staff.get().member)
    assert other.get(here).status_code == 404
    material = Material.objects.get()
    assert other.post(f"/merchant/materials/{material.pk}/retire").status_code == 404
    staff.post(f"/merchant/materials/{material.pk}/retire")
    assert "retired" in text(staff, here)


def test_a_video_goes_with_the_words(at: datetime) -> None:
    sku, owner = make_sku(at), make_owner(at)
    staff = client_of(sku.product.merchant.staff.get().member)
    here = f"/merchant/goods/{sku.product_id}/materials"
    assert (
        staff.post(here, {"words": "听", "sound": sent(voice(), "v.webm", "audio/webm")}).status_code == 422
    )
    wrong = staff.post(here, {"words": " ", "sound": sent(video())})
    film = Recording.objects.get(kind="video")
    assert wrong.status_code == 422 and film.name in flat(wrong), "not sent again"
    other = client_of(make_sku(at).product.merchant.staff.get().member)
    theirs = f"/merchant/goods/{Product.objects.exclude(pk=sku.product_id).get().pk}/materials"
    assert other.post(theirs, {"words": "偷", "recording": film.name}).status_code == 422
    staff.post(here, {"words": "看看怎么切", "recording": film.name})
    client = client_of(owner.member)
    assert "Save the video" not in text(client, "/owner/pack"), "it is being prepared"
    assert "being prepared" in text(staff, here)
    encode_recordings(at=at)
    assert f'href="/media/{film.name}.mp4"' in text(client, "/owner/pack")
    assert f'href="/media/{film.name}.mp4"' in text(staff, here)
