"""What part of the country a console is about: all of it for the operator, the own regions for an agent. The pages are the same."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.members.queries import agent_regions, is_within, region_names, region_tree
from linli.web.edge import actor_of, region_in, signed_in

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Realm:
    """path: where its pages are; frame: the template around them; scopes: its regions, () for the whole country; region: what the
    reader looks at now ("" for all)."""

    path: str
    frame: str
    scopes: tuple[str, ...]
    region: str

    def has(self, region: str) -> bool:
        """Whether something of a region may be looked at and decided here."""
        return not self.scopes or is_within(region, self.scopes)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The regions to choose from, with their names."""
        if self.scopes:
            return [(code, " ".join(region_names(code))) for code in self.scopes]
        return [(node["code"].ljust(6, "0"), node["name"]) for node in region_tree()]

    @property
    def content(self) -> dict[str, Any]:
        """What its templates need."""
        return {"realm": self, "frame": self.frame, "region": self.region, "provinces": self.choices}


def realm_only(view: View) -> View:
    """The operator under /ops, an agent under /agent; it comes as `realm`."""

    @signed_in
    @wraps(view)
    def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        actor = actor_of(request)
        is_agents = request.path.startswith("/agent")
        scopes = tuple(agent_regions(actor.member_id)) if is_agents else ()
        if (is_agents and not scopes) or (not is_agents and not actor.is_operator):
            return render(request, "ui/forbidden.html", status=403)
        asked = region_in(request)
        if is_agents:
            realm = Realm(
                "/agent", "agent/frame.html", scopes, asked if is_within(asked, scopes) else scopes[0]
            )
        else:
            realm = Realm("/ops", "ops/frame.html", (), asked)
        return view(request, realm, **kwargs)

    return inner
