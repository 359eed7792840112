"""The list page of every console: found by words, cut by what stands in the address, sorted, paged by key, counted, as a file.

A desk says what its list is (`Listing`); everything that the reader chose stands in the address, so that a view can be sent, saved and
gone back to. The page is `console/list.html`; a desk's template adds the head and the cells of a row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Model, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext, gettext_lazy

from linli.core import clock
from linli.core.refusal import Refusal
from linli.core.typed import BadValue, read_day
from linli.web.edge import choice_in, number_in
from linli.web.sheets import Column, Row, csv_of, xlsx_of

PAGE = 30
MOST_COUNTED = 10_000
MOST_IN_FILE = 20_000
MOST_WORDS = 60
AT_ONCE = 500
DAYS = ("1", "7", "30", "90")
ALL = "all"  # of a list whose first tab is another
type Rows = Any  # a QuerySet of whatever the desk lists


@dataclass(frozen=True)
class Cut:
    """A condition that the reader chooses. choices: each value with its words, asked for anew in the reader's language."""

    name: str
    title: object
    choices: Callable[[], Mapping[str, object]]
    cut: Callable[[Rows, str], Rows]


@dataclass(frozen=True)
class Link:
    """A condition that one comes with by a number elsewhere: orders of this member. title_of: what the chip says, empty for none such."""

    name: str
    cut: Callable[[Rows, int], Rows]
    title_of: Callable[[int], str]


@dataclass(frozen=True)
class Sort:
    """An order of the list. by: a field that is never empty, "-" before it for the largest first."""

    title: object
    by: str


BY_AGE = {
    "new": Sort(gettext_lazy("Newest first"), "-pk"),
    "old": Sort(gettext_lazy("Oldest first"), "pk"),
}


@dataclass(frozen=True)
class Listing:
    """What a desk's list is. tabs: the condition shown as tabs above it; first_tab: the one that is open first, "" for all;
    tab_sorts: how a tab is sorted unless the reader says. moment: the field that a span of days is of, "" for none.
    rows: a page of found things as the template shows them, in as many statements for thirty as for one. columns, cells: the file."""

    name: str
    title: object
    template: str
    rows: Callable[[Sequence[Any]], Sequence[Any]]
    sorts: Mapping[str, Sort]
    find: Callable[[Rows, str], Rows] | None = None
    hint: object = ""
    tabs: Cut | None = None
    first_tab: str = ""
    tab_sorts: Mapping[str, str] = field(default_factory=dict)
    cuts: Sequence[Cut] = ()
    links: Sequence[Link] = ()
    moment: str = ""
    columns: Callable[[], Sequence[Column]] | None = None
    cells: Callable[[Any], Row] | None = None


@dataclass(frozen=True)
class Chip:
    """A condition in force, and the address without it. count: how many there would be, once nothing is found with it."""

    title: object
    words: object
    without: str
    count: str = ""


@dataclass
class _Asked:
    """What the address asks of a list, read strictly: conditions as (parameter, chip's title and words, what it does)."""

    values: dict[str, str] = field(default_factory=dict)
    conditions: list[tuple[str, object, object, Callable[[Rows], Rows]]] = field(default_factory=list)

    def add(self, name: str, value: str, title: object, words: object, cut: Callable[[Rows], Rows]) -> None:
        self.values[name] = value
        self.conditions.append((name, title, words, cut))

    def cut(self, whole: Rows, *, without: str = "") -> Rows:
        for name, _, _, cut in self.conditions:
            if name != without:
                whole = cut(whole)
        return whole

    def address(self, *, without: str = "", **more: str) -> str:
        values = {name: value for name, value in self.values.items() if name != without} | more
        return "?" + urlencode({name: value for name, value in values.items() if value})


def list_page(
    request: HttpRequest, listing: Listing, whole: Rows, content: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the list, or with ?as=csv|xlsx all of what is found as a file. Refuses: bad_parameter for an address that cannot be
    read, too_long_for_a_file."""
    asked = _read(request, listing)
    found = asked.cut(whole)
    kind = choice_in(request, "as", ("csv", "xlsx")) if listing.columns else ""
    if kind:
        return _file(listing, found, kind)
    tab = asked.values.get(listing.tabs.name, "") if listing.tabs else ""
    usual = listing.tab_sorts.get(tab, next(iter(listing.sorts)))
    sort_name = choice_in(request, "sort", listing.sorts, usual)
    first, after = number_in(request, "from", 1), number_in(request, "after")
    page = list(_sorted(found, listing.sorts[sort_name].by, after)[: PAGE + 1])
    count = _count(found)
    sort = sort_name if sort_name != usual else ""
    following = (
        asked.address(sort=sort, after=str(page[PAGE - 1].pk), **{"from": str(first + PAGE)})
        if len(page) > PAGE
        else ""
    )
    shown = listing.rows(page[:PAGE])
    chips = [
        Chip(title, words, _dropped(listing, asked, name, sort), _shown(_count(asked.cut(whole, without=name))) if not page else "")
        for name, title, words, _ in asked.conditions
        if not (listing.tabs and name == listing.tabs.name and page)
    ]  # fmt: skip
    return render(
        request,
        listing.template,
        {
            **content,
            "list": listing,
            "rows": shown,
            "asked": asked.values,
            "words": asked.values.get("q", ""),
            "has_search": listing.find is not None,
            "chips": chips,
            "tabs": _tabs(listing, asked, tab),
            "menus": [(cut, cut.choices(), asked.values.get(cut.name, "")) for cut in listing.cuts],
            "sort": sort_name,
            "span": {name: asked.values.get(name, "") for name in ("days", "since", "until")},
            "hidden": [(link.name, asked.values[link.name]) for link in listing.links if link.name in asked.values],
            "first": first if shown else 0,
            "last": first + len(shown) - 1,
            "count": _shown(count),
            "next": following,
            "is_first": not after,
            "start": asked.address(sort=sort),
            "file": asked.address(**{"as": ""}) if listing.columns else "",
            "days": DAYS,
        },
        status=status,
    )  # fmt: skip


def _dropped(listing: Listing, asked: _Asked, name: str, sort: str) -> str:
    """The address without a condition; of a list that opens with a tab, without the tab is all."""
    is_tab = listing.tabs is not None and name == listing.tabs.name and bool(listing.first_tab)
    return asked.address(without=name, sort=sort, **({name: ALL} if is_tab else {}))


def _read(request: HttpRequest, listing: Listing) -> _Asked:
    asked = _Asked()
    words = " ".join(request.GET.get("q", "").split())[:MOST_WORDS]
    if words and listing.find:
        asked.add("q", words, gettext("Search"), words, _bound(listing.find, words))
    if listing.tabs:
        _read_tab(request, asked, listing.tabs, listing.first_tab)
    for cut in listing.cuts:
        choices = cut.choices()
        if value := choice_in(request, cut.name, choices):
            asked.add(cut.name, value, cut.title, choices[value], _bound(cut.cut, value))
    for link in listing.links:
        if link.name in request.GET:
            key = number_in(request, link.name)
            title = link.title_of(key)
            if not title:
                raise Refusal("not_found")
            asked.add(link.name, str(key), "", title, _bound(link.cut, key))
    if listing.moment:
        _read_span(request, asked, listing.moment)
    return asked


def _read_tab(request: HttpRequest, asked: _Asked, tabs: Cut, first: str) -> None:
    """The tab that the address names, or the first; search words without a tab look in every one."""
    choices = tabs.choices()
    value = choice_in(request, tabs.name, (*choices, ALL), "" if "q" in asked.values else first)
    if value == ALL:
        asked.values[tabs.name] = ALL
    elif value:
        asked.add(tabs.name, value, tabs.title, choices[value], _bound(tabs.cut, value))


def _bound[T](cut: Callable[[Rows, T], Rows], value: T) -> Callable[[Rows], Rows]:
    return lambda rows: cut(rows, value)


def _read_span(request: HttpRequest, asked: _Asked, moment: str) -> None:
    """The last days, or from a day of the shop to another, both included."""
    if days := choice_in(request, "days", DAYS):
        begin = clock.begin_of_days(int(days), at=clock.now())
        words = gettext("today") if days == "1" else gettext("the last %(n)s days") % {"n": days}
        asked.add("days", days, gettext("Time"), words, _bound(_where, {f"{moment}__gte": begin}))
    if text := request.GET.get("since", ""):
        edge = {f"{moment}__gte": _midnight(_day(text, "since"))}
        asked.add("since", text, gettext("Since"), text, _bound(_where, edge))
    if text := request.GET.get("until", ""):
        edge = {f"{moment}__lt": _midnight(_day(text, "until") + timedelta(days=1))}
        asked.add("until", text, gettext("Until"), text, _bound(_where, edge))


def _where(rows: Rows, values: Mapping[str, Any]) -> Rows:
    return rows.filter(**values)


def _day(text: str, name: str) -> date:
    try:
        return read_day(text)
    except BadValue:
        raise Refusal("bad_parameter", {"field": name}) from None


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time()))


def _sorted(found: Rows, by: str, after: int) -> Rows:
    """The list from behind the row `after`. Refuses: not_found when there is no such row any more."""
    name, is_falling = by.lstrip("-"), by.startswith("-")
    if after:
        last = found.model._default_manager.filter(pk=after).values_list(name, flat=True).first()
        if last is None:
            raise Refusal("not_found")
        beyond = "lt" if is_falling else "gt"
        found = found.filter(Q(**{f"{name}__{beyond}": last}) | Q(**{name: last, f"pk__{beyond}": after}))
    key, tie = F(name), F("pk")
    return found.order_by(*((key.desc(), tie.desc()) if is_falling else (key.asc(), tie.asc())))


def _count(found: Rows) -> int:
    return found.order_by()[: MOST_COUNTED + 1].count()


def _shown(count: int) -> str:
    """Nobody counts further."""
    return f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else f"{count:,}"


def _tabs(listing: Listing, asked: _Asked, chosen: str) -> list[dict[str, Any]]:
    if listing.tabs is None:
        return []
    everything = ALL if listing.first_tab else ""
    named = [(everything, gettext("All")), *listing.tabs.choices().items()]
    return [
        {
            "words": words,
            "address": asked.address(without=listing.tabs.name, **{listing.tabs.name: value}),
            "is_here": value == (chosen or everything),
        }
        for value, words in named
    ]


def _file(listing: Listing, found: Rows, kind: str) -> HttpResponse:
    if listing.columns is None or listing.cells is None:
        raise Refusal("bad_parameter", {"field": "as"})
    if found.order_by()[: MOST_IN_FILE + 1].count() > MOST_IN_FILE:
        raise Refusal("too_long_for_a_file", {"most": MOST_IN_FILE})
    write = csv_of if kind == "csv" else xlsx_of
    day = localtime(clock.now()).strftime("%y%m%d")
    return write(f"{listing.name}-{day}", listing.columns(), map(listing.cells, _all_rows(listing, found)))


def _all_rows(listing: Listing, found: Rows) -> Iterable[Any]:
    keys: list[int] = list(
        _sorted(found, next(iter(listing.sorts.values())).by, 0).values_list("pk", flat=True)
    )
    for some in batched(keys, AT_ONCE):
        things: dict[int, Model] = found.order_by().in_bulk(list(some))
        yield from listing.rows([things[key] for key in some if key in things])
