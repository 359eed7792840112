"""The operator's playbooks: written as one document, started and stopped, with what became of their tasks."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from linli.community.models import CommunityType, Playbook, Trigger
from linli.community.operations.playbook import READY_CODES, PlaybookDraft, ready_playbook, save_playbook
from linli.community.queries.playbook import playbook_rows
from linli.community.rules.playbook import BadPlaybook
from linli.core import clock
from linli.core.refusal import Refusal
from linli.web.edge import actor_of, operators_only


@operators_only
def playbooks(request: HttpRequest) -> HttpResponse:
    """Every playbook; a form for one, new, chosen, or ready-made."""
    form = _typed(request) if request.method == "POST" else _chosen(request.GET.get("code", ""))
    fault = ""
    if request.method == "POST":
        try:
            made = save_playbook(
                draft=PlaybookDraft(**form | {"types": tuple(form["types"])}),
                actor=actor_of(request),
                at=clock.now(),
            )
        except BadPlaybook as error:
            line = gettext("Line %(n)s: ") % {"n": error.line} if error.line else ""
            fault = line + error.sentence
        else:
            messages.success(request, gettext("Saved."))
            return HttpResponseRedirect(f"/ops/playbooks?code={made.code}")
    rows = playbook_rows()
    known = {row["code"] for row in rows}
    content = {
        "rows": rows,
        "form": form,
        "fault": fault,
        "triggers": Trigger.values,
        "types": CommunityType.values,
        "ready": [ready_playbook(code) for code in READY_CODES if code not in known],
    }
    return render(request, "ops/playbooks.html", content, status=422 if fault else 200)


def _typed(request: HttpRequest) -> dict[str, Any]:
    most = {"code": 41, "title": 61, "trigger": 10, "document": 21_000}
    form: dict[str, Any] = {name: request.POST.get(name, "").strip()[:size] for name, size in most.items()}
    types = [one for one in request.POST.getlist("type") if one in CommunityType.values]
    return form | {"types": types, "is_started": request.POST.get("is_started") == "yes"}


def _chosen(code: str) -> dict[str, Any]:
    """A playbook to be changed, a ready-made one to be taken over, or an empty form. Refuses: not_found."""
    known = Playbook.objects.filter(code=code[:40]).first()
    if known:
        fields = {name: getattr(known, name) for name in ("code", "title", "trigger", "types", "document")}
        return fields | {"is_started": known.started_at is not None}
    if code in READY_CODES:
        return vars(ready_playbook(code))
    if code:
        raise Refusal("not_found")
    return {"code": "", "title": "", "trigger": "founding", "types": [], "document": "", "is_started": False}
