"""Whatever a machine makes of the OpenAPI document, no operation answers with a 5xx."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from factories.shop import make_owner, make_sku
from linli.core.actor import SYSTEM, Role
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
def token(db: None, one_connection: None) -> str:
    at = datetime.now(UTC)
    make_sku(at)
    owner = make_owner(at)
    grant_role(member=owner.member, role=Role.operator, actor=SYSTEM, at=at)
    return issue_token(member=owner.member, at=at)


@pytest.mark.openapi
@schema.parametrize()
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_operation_breaks(case: schemathesis.Case, token: str) -> None:
    if case.path.endswith("/clock"):
        return
    answer = case.call(headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code < 500, (case.method, case.path, case.body, answer.text[:300])
