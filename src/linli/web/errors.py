"""Error pages."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from linli.core.actor import Actor
from linli.core.logs import request_name
from linli.core.refusal import sentence


def refused(request: HttpRequest, code: str, status: int) -> HttpResponse:
    """A refusal before or behind any view, in the caller's manner: the API's one shape, or a page with the sentence."""
    if request.path_info.startswith("/api/"):
        return JsonResponse(
            {"error": {"code": code, "message": sentence(code), "details": {}}},
            status=status,
            json_dumps_params={"ensure_ascii": False},
        )
    return render(request, "ui/refused.html", {"words": sentence(code)}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if request.path_info.startswith("/api/"):
        return refused(request, "not_found", 404)
    return render(request, "ui/not_found.html", status=404)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 before any view runs: a body that is too large, an unknown host, a NUL. The request is not trusted, so the page is a guest's."""
    request.COOKIES = {}
    request.actor = Actor()  # type: ignore[attr-defined]
    return refused(request, "bad_body", 400)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault, with a number to name it by."""
    number = request_name()
    if request.path_info.startswith("/api/"):
        body = {
            "error": {
                "code": "unavailable",
                "message": sentence("unavailable"),
                "details": {"request": number},
            }
        }
        return JsonResponse(body, status=500)
    return render(request, "ui/broken.html", {"number": number}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that was open too long (or from elsewhere)."""
    return render(request, "ui/stale.html", status=403)
