"""Questions of the quiz in the consoles: a merchant's about its goods, for the operator everybody's; how many answer them rightly."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.models import PointGrant, QuizQuestion
from linli.campaigns.operations.quiz_question import (
    BadQuestions,
    QuestionsDraft,
    stop_question,
    write_questions,
)
from linli.campaigns.rules.quiz import LEVELS, QUESTIONS
from linli.campaigns.values import QUIZ_POINTS_A_DAY
from linli.catalog.models import Product, ProductState
from linli.core import clock
from linli.core.clock import shop_midnight
from linli.core.settings import value_at
from linli.web.console.campaigns import Desk, desk_of, desk_only
from linli.web.edge import actor_of, number_in, whole_number

MOST_TEXT, MOST_PRODUCTS, PAGE = 20_000, 300, 60


@desk_only
def questions(request: HttpRequest) -> HttpResponse:
    """The questions with how many answered them rightly, and a form for more; what was typed is kept, the wrong line is named."""
    desk, actor, at = desk_of(request), actor_of(request), clock.now()
    goods = Product.objects.filter(state=ProductState.on_sale)
    mine = QuizQuestion.objects.managed_by(actor).filter(stopped_at=None)
    if desk.merchant_id:
        goods, mine = goods.filter(merchant_id=desk.merchant_id), mine.filter(merchant_id=desk.merchant_id)
    form = {name: request.POST.get(name, "")[:MOST_TEXT] for name in ("level", "product", "text")}
    fault = ""
    if request.method == "POST":
        product = goods.filter(pk=whole_number(form["product"])).first()
        draft = QuestionsDraft(
            whole_number(form["level"]),
            form["text"],
            product.pk if product else None,
            desk.merchant_id or None,
        )
        try:
            made = write_questions(draft=draft, actor=actor, at=at)
        except BadQuestions as error:
            line = gettext("Line %(n)s: ") % {"n": error.line} if error.line else ""
            fault = line + error.sentence
        else:
            messages.success(request, gettext("%(n)s questions are asked from now on.") % {"n": len(made)})
            return HttpResponseRedirect(f"{desk.path}/quiz")
    page = mine.select_related("product", "merchant").filter(pk__gt=number_in(request, "after"))
    rows = list(page.order_by("pk")[: PAGE + 1])
    content: dict[str, Any] = {
        **desk.content,
        "desk": desk,
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else 0,
        "form": form,
        "fault": fault,
        "levels": range(1, LEVELS + 1),
        "count": QUESTIONS,
        "products": goods.order_by("title")[:MOST_PRODUCTS],
        "spent": _spent_today(desk),
        "budget": value_at(QUIZ_POINTS_A_DAY, at=at),
    }
    return render(request, "console/quiz.html", content, status=422 if fault else 200)


def _spent_today(desk: Desk) -> int | None:
    """What the quiz has given today, in points; for the operator only."""
    if desk.merchant_id:
        return None
    today = PointGrant.objects.filter(kind="quiz", granted_at__gte=shop_midnight(clock.now()))
    return sum(today.values_list("count", flat=True))


@require_POST
@desk_only
def stop(request: HttpRequest, question_id: int) -> HttpResponse:
    """Nobody is asked it any more."""
    desk, actor = desk_of(request), actor_of(request)
    found = get_object_or_404(QuizQuestion.objects.managed_by(actor), pk=question_id)
    stop_question(question=found, actor=actor, at=clock.now())
    messages.success(request, gettext("This question is not asked any more."))
    return HttpResponseRedirect(f"{desk.path}/quiz")
