"""A key makes every POST happen once, whoever wrote the operation."""

import json
from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from factories.community import make_community, make_post, neighbour
from factories.shop import make_member
from linli.api.urls import api
from linli.community.models import Membership, Report
from linli.core.models import Answer, Picture, RateWindow
from linli.members.models import Member
from linli.members.operations.identity import issue_token

pytestmark = [pytest.mark.capability("G2"), pytest.mark.django_db]
BY_THEMSELVES = {
    "/codes",
    "/sessions",
    "/members",
    "/orders",
}  # without a session; an order has the key in its own row


def send(member: Member, path: str, body: object, key: str, at: datetime) -> HttpResponse:
    token = issue_token(member=member, at=at)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    if isinstance(body, bytes):
        return Client().post(  # type: ignore[return-value]
            f"/api/v1{path}", {"file": SimpleUploadedFile("a.png", body)}, headers=headers
        )
    return Client().post(  # type: ignore[return-value]
        f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers
    )


def picture(colour: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    return file.getvalue()


def test_every_post_of_a_member_takes_a_key() -> None:
    plain = {
        path
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        if operation.methods == ["POST"] and not hasattr(operation.view_func, "__wrapped__")
    }
    assert plain == BY_THEMSELVES


def test_a_picture_that_is_sent_twice_is_kept_once(at: datetime) -> None:
    member = make_member(at)
    first, again = (send(member, "/pictures", picture("red"), "k", at) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.content == again.content
    assert Picture.objects.count() == 1
    other = send(member, "/pictures", picture("blue"), "k", at)
    assert (other.status_code, json.loads(other.content)["error"]["code"]) == (409, "key_conflict")
    assert send(make_member(at), "/pictures", picture("blue"), "k", at).status_code == 201, (
        "keys are one's own"
    )


def test_a_membership_is_asked_for_once(at: datetime) -> None:
    community, member = make_community(at, make_member(at, "群主")), make_member(at)
    path = f"/communities/{community.pk}/memberships"
    first, again = (send(member, path, {}, "k", at) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.content == again.content
    assert Membership.objects.filter(member=member).count() == 1


def test_a_refusal_is_not_kept_and_is_counted(at: datetime) -> None:
    community = make_community(at, make_member(at, "群主"))
    member = neighbour(community, at)
    post = make_post(community, member, at)
    path = f"/posts/{post.pk}/reports"
    for _ in range(3):
        assert send(member, path, {"reason": ""}, "k", at).status_code in (400, 422)
    assert Answer.objects.count() == 0
    done = send(member, path, {"reason": "spam"}, "k", at)
    assert (done.status_code, Report.objects.count(), Answer.objects.count()) == (201, 1, 1), done.content
    assert RateWindow.objects.get(key__startswith="report:").tries == 4, "a refused try is one"


def test_a_key_opens_no_way_around_a_limit(at: datetime) -> None:
    """Each refusal rolled its own count back, so that who sent keys was never stopped."""
    member = make_member(at)
    answers = [send(member, "/posts/999999/reports", {"reason": "spam"}, f"k{n}", at) for n in range(22)]
    assert [one.status_code for one in answers] == [404] * 20 + [429] * 2


@pytest.mark.parametrize(
    "body", [b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--', b"zzz"]
)
def test_a_form_where_none_is_wanted_is_no_fault_of_ours(at: datetime, body: bytes) -> None:
    headers = {
        "Authorization": f"Bearer {issue_token(member=make_member(at), at=at)}",
        "Idempotency-Key": "k",
    }
    made = Client().post(
        "/api/v1/me/check-ins", body, content_type="multipart/form-data; boundary=x", headers=headers
    )
    assert made.status_code in (201, 400), made.content
