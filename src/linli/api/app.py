"""The JSON API under /api/v1: errors in one shape, bearer tokens, the reader's language."""

import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from linli.api.values import read_json
from linli.core import clock
from linli.core.actor import Actor
from linli.core.logs import name_member
from linli.core.refusal import Kind, Refusal, sentence
from linli.distribution.queries import actor as actors
from linli.members.queries import members_by_token


class Forbidden(Exception):
    """The actor's role does not allow this."""


class BadParameter(ValueError):
    """A parameter of the query that cannot be read; `field` names it. It is refused, never ignored."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Bearer(HttpBearer):
    """Authorization: Bearer TOKEN. Sets request.actor."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        member_id = members_by_token([token], at=clock.now()).get(token)
        if member_id is None:
            return None
        name_member(member_id)
        actor = actors.actor_of(member_id)
        request.actor = actor  # type: ignore[attr-defined]
        return actor


class OptionalBearer(Bearer):
    """A guest may come too; a token that is not valid is refused all the same."""

    def __call__(self, request: HttpRequest) -> Any:
        if "Authorization" not in request.headers:
            request.actor = Actor()  # type: ignore[attr-defined]
            return request.actor  # type: ignore[attr-defined]
        return super().__call__(request)


class StrictParser(Parser):
    """Bodies by the one strict reader of JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)


bearer = Bearer()
optional_bearer = OptionalBearer()
api = NinjaAPI(
    title="Linli", version="1", docs_url=None, auth=bearer, urls_namespace="api", parser=StrictParser()
)


def error(status: int, code: str, details: dict[str, Any] | None = None) -> HttpResponse:
    """The one shape of every error."""
    body = {"error": {"code": code, "message": sentence(code), "details": details or {}}}
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")


def answer(content: Any, status: int = 200) -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(
        json.dumps(content, ensure_ascii=False, default=plain), status=status, content_type="application/json"
    )


def plain(value: Any) -> str:
    """Times as ISO 8601; lazily translated words as words."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def actor_of(request: HttpRequest) -> Actor:
    """Who asks, as the bearer token says; a guest without one."""
    return request.actor  # type: ignore[attr-defined]


def parameter(field: str, text: str) -> int:
    """A number of the query (an id, a cursor that we gave); 0 when it is left out. Raises BadParameter."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadParameter(field)
    return int(text)


def demand(allowed: bool) -> None:
    """Raises Forbidden unless allowed."""
    if not allowed:
        raise Forbidden


@api.exception_handler(ValidationError)
def on_validation_error(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    if problem.errors and problem.errors[0]["loc"][0] in ("query", "path"):
        return error(400, "bad_parameter", {"field": str(problem.errors[0]["loc"][1])})
    fields = [".".join(str(part) for part in item["loc"][1:]) + ": " + item["msg"] for item in problem.errors]
    return error(400, "bad_body", {"fields": fields})


@api.exception_handler(AuthenticationError)
def on_authentication_error(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
    return error(401, "sign_in")


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, problem: HttpError) -> HttpResponse:
    return error(problem.status_code, "bad_body")


@api.exception_handler(BadParameter)
def on_bad_parameter(request: HttpRequest, problem: BadParameter) -> HttpResponse:
    return error(400, "bad_parameter", {"field": problem.field})


@api.exception_handler(Forbidden)
def on_forbidden(request: HttpRequest, problem: Forbidden) -> HttpResponse:
    return error(403, "forbidden")


@api.exception_handler(Refusal)
def on_refused(request: HttpRequest, problem: Refusal) -> HttpResponse:
    made = error(problem.kind, problem.code, problem.told())
    if problem.kind == Kind.busy:
        made["Retry-After"] = str(getattr(problem, "retry_after_seconds", 1))
    return made


@api.exception_handler(ObjectDoesNotExist)
def on_missing(request: HttpRequest, problem: ObjectDoesNotExist) -> HttpResponse:
    return error(404, "not_found")
