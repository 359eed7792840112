"""Idempotency-Key for requests that create: the same body gets the first answer, another body 409."""

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from linli.api.app import answer, error, plain
from linli.core import clock
from linli.core.codes import digest
from linli.core.models import Answer

MOST_KEY = 100


def repeated(request: HttpRequest, scope: str) -> HttpResponse | None:
    """The first answer of this key, when it was asked before; for work whose checks must not run twice."""
    key = request.headers.get("Idempotency-Key", "")
    stored = Answer.objects.filter(scope=scope, key=key).first() if key else None
    if stored is None:
        return None
    if bytes(stored.input_hash) != digest(request.method or "", request.path, request.body):
        return error(409, "key_conflict")
    return answer(stored.body, stored.status)


def once(request: HttpRequest, scope: str, run: Callable[[], Any], status: int = 200) -> HttpResponse:
    """Run and answer, or repeat the first answer. The key is written in the transaction of the work: both or neither."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return answer(run(), status)
    if len(key) > MOST_KEY:
        return error(400, "bad_body", {"fields": ["Idempotency-Key: at most 100 characters"]})
    input_hash = digest(request.method or "", request.path, request.body)
    with transaction.atomic():
        stored, is_new = Answer.objects.select_for_update().get_or_create(
            scope=scope, key=key, defaults={"input_hash": input_hash, "created_at": clock.now()}
        )
        if not is_new:
            if bytes(stored.input_hash) != input_hash:
                return error(409, "key_conflict")
            return answer(stored.body, stored.status)
        content = run()
        stored.status, stored.body = status, json.loads(json.dumps(content, default=plain))
        stored.save(update_fields=["status", "body"])
    return answer(content, status)
