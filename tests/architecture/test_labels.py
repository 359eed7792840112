"""Every state and kind that a page can meet has a label, declared by the module that it belongs to."""

import re

import pytest
from django.db.models import TextChoices
from django.utils import translation

from linli.campaigns.models import CampaignKind, CouponState
from linli.community.models import Line, MembershipRole
from linli.core.labels import declare, declared, label
from linli.distribution.models import CommissionState, PlanState, WithdrawalState
from linli.trade.models import AftersaleState, OrderState


@pytest.mark.parametrize(
    ("group", "choices"),
    [
        ("order_state", OrderState),
        ("aftersale_state", AftersaleState),
        ("withdrawal_state", WithdrawalState),
        ("plan_state", PlanState),
        ("income_state", CommissionState),
        ("campaign_kind", CampaignKind),
        ("coupon_state", CouponState),
        ("post_line", Line),
        ("community_role", MembershipRole),
    ],
)
def test_every_value_of_a_choice_has_a_label(group: str, choices: type[TextChoices]) -> None:
    assert set(choices.values) - set(declared()[group]) == set()


def test_labels_are_in_both_languages() -> None:
    same = {}
    for group, labels in declared().items():
        for code, words in labels.items():
            with translation.override("zh-hans"):
                if not re.search(r"[\u4e00-\u9fff]", str(words)):
                    same[f"{group}.{code}"] = str(words)
    assert same == {}


def test_a_code_belongs_to_one_module_and_an_unknown_code_is_said_as_it_is() -> None:
    with pytest.raises(ValueError, match="order_state"):
        declare("order_state", {"paid": "Paid"})
    assert label("order_state", "no_such_state") == "no_such_state"


def test_every_group_is_a_filter_of_templates() -> None:
    """They were gathered after the filters had been made, and every community's page was a 500."""
    from linli.web.templatetags.ui import register

    assert set(declared()) <= set(register.filters)
