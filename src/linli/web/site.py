"""Doors of the site itself: language and look, installed app, offline, pictures, and in the demo becoming somebody."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from linli.core import clock
from linli.core.jobs import run_due
from linli.members.models import Member
from linli.web.edge import actor_of, demo_only, safe_path, whole_number
from linli.web.media import part_of
from linli.web.root import people
from linli.web.storefront.account import enter

SHEETS = ("base", "parts", "shop", "community", "screens")
YEAR_SECONDS = 365 * 86_400
CHOICES = {"language": ("zh-hans", "en"), "theme": ("light", "dark", "auto"), "size": ("normal", "large")}
HOMES = {"operator": "/ops", "agent": "/agent", "merchant": "/merchant", "owner": "/owner"}


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Language, theme and text size, kept in cookies: they are wanted before anybody signs in."""
    response = HttpResponseRedirect(safe_path(request.POST.get("next", "")))
    for name, values in CHOICES.items():
        if request.POST.get(name) in values:
            response.set_cookie(
                name,
                request.POST[name],
                max_age=YEAR_SECONDS,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
    return response


@demo_only
@require_POST
def become(request: HttpRequest) -> HttpResponse:
    """Become one of the demo's people, or a guest."""
    phone = request.POST.get("phone", "")
    if not phone:
        logout(request)
        return HttpResponseRedirect("/")
    person = next((one for one in people() if one["phone"] == phone), None)
    if person is None:
        raise Http404
    member = get_object_or_404(Member, phone=phone)
    return enter(request, member, HOMES.get(person["role"], "/"))


@demo_only
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """The operator moves the demo's clock; due jobs run before the page comes back."""
    if not actor_of(request).is_operator:
        raise Http404
    clock.advance(min(whole_number(request.POST.get("days")), 60) * 86_400)
    run_due(clock.now())
    return HttpResponseRedirect("/ops")


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse:
    """A picture or recording that somebody sent. Granian sends it by itself (config.rsgi), this is for other servers."""
    part = part_of(request.path_info, request.headers.get("Range", ""))
    if part is None:
        raise Http404
    with part.file.open("rb") as kept:
        kept.seek(part.first)
        content = kept.read(part.last - part.first + 1) if part.status != 416 else b""
    return HttpResponse(content, status=part.status, headers=part.headers)


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """The installed app."""
    return JsonResponse(
        {
            "id": "/",
            "name": "邻里 Linli",
            "short_name": "邻里",
            "start_url": "/?from=app",
            "display": "standalone",
            "background_color": "#f6f5f3",
            "theme_color": "#d92b20",
            "icons": [
                {
                    "src": static(f"ui/icon-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
            ],
            "shortcuts": [
                {"name": gettext("My orders"), "url": "/orders"},
                {"name": gettext("My income"), "url": "/owner/income"},
            ],
        },
        content_type="application/manifest+json",
    )


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker that shows visited guests' pages again, else the offline page; pages with money or persons are never kept."""
    sheets = [static(f"ui/{name}.css") for name in SHEETS]
    response = render(request, "ui/sw.js", {"sheets": sheets}, content_type="text/javascript")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """No network."""
    return render(request, "ui/offline.html")


@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """Terms and privacy, and the licences of what is shown."""
    return render(request, "ui/about.html")
