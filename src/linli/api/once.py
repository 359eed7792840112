"""Idempotency-Key: the same body gets the first answer, another body 409.

Every POST of a router takes it, whoever writes the operation. Those without a session (auth=None) see to it on their own: an order
has the key in its row, a registration derives its token from it; a code and a session are new each time.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import ninja
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja.decorators import decorate_view
from ninja.operation import Operation

from linli.api.app import actor_of, answer, error
from linli.core.answers import answer_of
from linli.core.codes import digest
from linli.core.models import Answer
from linli.core.rate_limit import counts_stay

MOST_KEY = 100
NOTHING = (b"", b"{}")
SECRET = "•"
View = Callable[..., HttpResponse]


class Router(ninja.Router):
    """Operations under one tag. A signed-in POST with an Idempotency-Key runs once; what it does not declare is refused."""

    def add_api_operation(
        self, path: str, methods: list[str], view_func: Callable[..., Any], **options: Any
    ) -> None:
        super().add_api_operation(path, methods, view_func, **options)
        operation: Operation = view_func._ninja_operation  # type: ignore[attr-defined]
        decorate_view(_knowing(operation))(view_func)

    def post(self, path: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        register = super().post(path, **options)
        if "auth" in options and options["auth"] is None:
            return register
        return lambda view: register(_done_once(view))


def _parameters_of(operation: Operation) -> set[str]:
    queries = (model for model in operation.models if model.__ninja_param_source__ == "query")
    return {name for query in queries for name in query.__ninja_flatten_map__}


def _knowing(operation: Operation) -> Callable[[View], View]:
    """Refuse what the operation does not declare: a misspelt filter would otherwise return everything, a body would be lost."""
    parameters = _parameters_of(operation)
    takes_body = any(model.__ninja_param_source__ in ("body", "form", "file") for model in operation.models)

    def decorate(run: View) -> View:
        def checked(request: HttpRequest, **values: Any) -> HttpResponse:
            twice = {name for name, values in request.GET.lists() if len(values) > 1}
            if unreadable := sorted((request.GET.keys() - parameters) | twice):
                return error(400, "bad_parameter", {"field": unreadable[0][:60]})
            if not takes_body and request.method != "GET" and request.body.strip() not in NOTHING:
                return error(400, "bad_body", {"fields": ["this operation takes no body"]})
            return run(request, **values)

        return checked

    return decorate


def _done_once(view: View) -> View:
    @wraps(view)
    def run(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        member_id = actor_of(request).member_id
        if not member_id:
            return view(request, *args, **values)
        return once(
            request, f"{view.__module__}.{view.__name__}:{member_id}", lambda: view(request, *args, **values)
        )

    return run


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
    request: HttpRequest, scope: str, run: Callable[[], HttpResponse], *, token: str = ""
) -> HttpResponse:
    """Run and answer, or repeat the first answer. The key is written in the transaction of the work: both or neither; a refusal keeps
    nothing but the tries that it counted. A token of the answer stands in it as SECRET and is put in its place on the way out only."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return _spoken(run(), token)
    if len(key) > MOST_KEY or not key.isprintable():
        return error(400, "bad_body", {"fields": ["Idempotency-Key: at most 100 printable characters"]})
    with counts_stay(), transaction.atomic():
        return _first_or_known(request, scope, key, run, token)


def _first_or_known(
    request: HttpRequest, scope: str, key: str, run: Callable[[], HttpResponse], token: str
) -> HttpResponse:
    input_hash = _hash_of(request)
    stored, is_new = answer_of(scope=scope, key=key, input_hash=input_hash)
    if is_new:
        made = run()
        stored.status, stored.body = made.status_code, json.loads(made.content)
        stored.save(update_fields=["status", "body"])
    elif bytes(stored.input_hash) != input_hash:
        return error(409, "key_conflict")
    return answer(_with(stored.body, token), stored.status)


def _hash_of(request: HttpRequest) -> bytes:
    named = (request.method or "", request.get_full_path())
    if request.content_type != "multipart/form-data":
        return digest(*named, request.body)
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    content = [digest(*file.chunks()) for file in files]
    for file in files:
        file.seek(0)
    return digest(*named, request.POST.urlencode(), *content)


def _spoken(made: HttpResponse, token: str) -> HttpResponse:
    return answer(_with(json.loads(made.content), token), made.status_code) if token else made


def _with(content: Any, token: str) -> Any:
    if token and isinstance(content, dict) and content.get("token") == SECRET:
        return content | {"token": token}
    return content
