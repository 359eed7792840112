"""Whatever a machine makes of the OpenAPI document, no operation breaks, takes what the document forbids, or refuses without a
named reason and a sentence."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from factories.community import make_community, make_post
from factories.shop import make_owner, make_sku
from linli.core.actor import SYSTEM, Role
from linli.distribution.models import Owner
from linli.members.operations.identity import issue_token
from linli.members.operations.profile import grant_role

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests share the test's transaction: as Django's own test client does, nothing closes its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(db: None, one_connection: None, at: datetime) -> str:
    make_sku(at)
    owner = make_owner(at)
    grant_role(member=owner.member, role=Role.operator, actor=SYSTEM, at=at)
    return issue_token(member=owner.member, at=at)


@pytest.mark.fuzz
@schema.parametrize()
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_operation_breaks(case: schemathesis.Case, token: str) -> None:
    if case.path.endswith("/clock"):
        return
    # The client of a WSGI application does not unpack what it asks to have packed.
    answer = case.call(headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"})
    said = (
        case.method,
        case.path,
        case.path_parameters,
        case.query,
        case.body,
        answer.status_code,
        answer.text[:300],
    )
    assert answer.status_code < 500, said
    if answer.status_code >= 400:
        assert answer.text.startswith("{"), said
        error = answer.json()["error"]
        assert sorted(error) == ["code", "details", "message"] and error["code"] and error["message"], said
    elif answer.text:
        assert answer.headers["content-type"][0].startswith(("application/json", "text/csv")), said
        # Guests may come to some, so a missing token is no fault; the parameters of an address have their test below.
        if case.method not in ("GET", "DELETE"):
            case.validate_response(answer, checks=[negative_data_rejection])


FREE = {"q", "tag", "topic"}  # what people write
PARAMETERS = [
    (path, method, one["name"])
    for path, operations in schema.raw_schema["paths"].items()
    for method, operation in operations.items()
    for one in operation.get("parameters", [])
    if one["in"] == "query" and one["name"] not in FREE
]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "method", "name"), PARAMETERS)
@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "１", "\u3164", "2026-02-30", "null", "0x10"])
def test_a_parameter_that_cannot_be_read_is_refused(
    path: str, method: str, name: str, value: str, token: str, at: datetime
) -> None:
    """It was clamped, or ignored with everything for an answer. Where a row is named before it, the row may be missing too."""
    community = make_community(at, Owner.objects.get().member)
    post = make_post(community, Owner.objects.get().member, at)
    address = path.replace("{community_id}", str(community.pk)).replace("{post_id}", str(post.pk))
    files = {"file": SimpleUploadedFile("a.webm", b"x")} if method == "post" else {}
    answer = getattr(Client(), method)(
        f"{address}?{urlencode({name: value})}", files, headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.json()["error"]["details"].get("field")) == (400, name)
