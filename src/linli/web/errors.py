"""Error pages."""

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from linli.trade.sentences import sentence


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, in the caller's manner."""
    if request.path_info.startswith("/api/"):
        return JsonResponse(
            {"error": {"code": "not_found", "message": sentence("not_found"), "details": {}}}, status=404
        )
    return render(request, "ui/not_found.html", status=404)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 before any view: a body too large to be held, a host that is not ours."""
    if request.path_info.startswith("/api/"):
        return JsonResponse(
            {"error": {"code": "bad_body", "message": sentence("bad_body"), "details": {}}}, status=400
        )
    return HttpResponse(str(sentence("bad_body")), status=400, content_type="text/plain; charset=utf-8")


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault, with a number to name it by."""
    number = uuid.uuid4().hex[:8]
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
