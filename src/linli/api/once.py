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
SECRET = "•"


def repeated(request: HttpRequest, scope: str, *, token: str = "") -> HttpResponse | None:
    """The first answer of this key, when it was asked before; for work whose checks must not run twice."""
    key = request.headers.get("Idempotency-Key", "")
    stored = Answer.objects.filter(scope=scope, key=key).first() if key else None
    if stored is None:
        return None
    if bytes(stored.input_hash) != _hash_of(request):
        return error(409, "key_conflict")
    return answer(_with(stored.body, token), stored.status)


def once(
    request: HttpRequest, scope: str, run: Callable[[], Any], status: int = 200, *, token: str = ""
) -> HttpResponse:
    """Run and answer, or repeat the first answer. The key is written in the transaction of the work: both or neither. A token of
    the answer stands in it as SECRET and is put in its place on the way out only."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return answer(_with(run(), token), status)
    if len(key) > MOST_KEY or not key.isprintable():
        return error(400, "bad_body", {"fields": ["Idempotency-Key: at most 100 printable characters"]})
    input_hash = _hash_of(request)
    with transaction.atomic():
        stored, is_new = Answer.objects.select_for_update().get_or_create(
            scope=scope, key=key, defaults={"input_hash": input_hash, "created_at": clock.now()}
        )
        if not is_new:
            if bytes(stored.input_hash) != input_hash:
                return error(409, "key_conflict")
            return answer(_with(stored.body, token), stored.status)
        content = run()
        stored.status, stored.body = status, json.loads(json.dumps(content, default=plain))
        stored.save(update_fields=["status", "body"])
    return answer(_with(content, token), status)


def _hash_of(request: HttpRequest) -> bytes:
    return digest(request.method or "", request.path, request.body)


def _with(content: Any, token: str) -> Any:
    if token and isinstance(content, dict) and content.get("token") == SECRET:
        return content | {"token": token}
    return content
