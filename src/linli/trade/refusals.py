"""Every named error that a person can cause: its HTTP status and the code of its sentence. The edges use it; so nothing a
person does is answered with a 500."""

from linli.campaigns.operations.bargain import BargainRefused
from linli.campaigns.operations.coupon import CouponRefused
from linli.campaigns.operations.gift import GiftRefused
from linli.campaigns.operations.group import NotCompletable
from linli.campaigns.operations.points import CheckedIn
from linli.campaigns.operations.quiz import QuizRefused
from linli.campaigns.operations.recognition import NotToBeTaken
from linli.channels.operations import BadAccount
from linli.community.types import CommunityRefused
from linli.core.batcher import QueueIsFull
from linli.core.rate_limit import TooMany
from linli.core.typed import BadAmount, BadCursor, BadName, BadPhone
from linli.distribution.operations.material import BadMaterial
from linli.distribution.operations.owner import AlreadyOwner
from linli.distribution.operations.plan import PlanBlocked, PlanNotReady, SamePerson
from linli.distribution.operations.tier import NoSuchTier, OwnerClosed
from linli.distribution.operations.withdrawal import AlreadyReviewed, NotWithdrawable, OwnMoney
from linli.fulfilment.operations import BadParcel, ParcelKnown
from linli.members.operations.identity import AlreadyMember, NoSuchMember, WrongCode
from linli.members.operations.profile import BadAddress, InvitationRefused
from linli.payments.adapters.registry import NoSuchGateway
from linli.payments.types import GatewayUnavailable
from linli.trade.operations.aftersale import AlreadyDecided, BadAftersale, NothingToSend, NotRefundable
from linli.trade.operations.cancel_order import NotCancellable
from linli.trade.operations.cart import BadQuantity, CartIsFull
from linli.trade.operations.charge_order import NotPayable
from linli.trade.operations.deliver_order import BadParcelLines, NotReceivable, NotShippable, RefundAsked
from linli.trade.types import Refused


class RefusedRequest(Exception):
    """A refusal from an operation that answers with outcomes, on its way to the edge."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


ERRORS: dict[type[Exception], tuple[int, str]] = {
    BadCursor: (400, "bad_parameter"),
    AlreadyDecided: (409, "already_decided"),
    AlreadyMember: (409, "already_member"),
    AlreadyReviewed: (409, "already_decided"),
    OwnMoney: (403, "own_money"),
    PlanBlocked: (422, "plan_blocked"),
    PlanNotReady: (409, "plan_not_ready"),
    SamePerson: (403, "same_person"),
    OwnerClosed: (409, "owner_closed"),
    NoSuchTier: (422, "no_such_tier"),
    AlreadyOwner: (409, "already_owner"),
    BargainRefused: (422, "bargain_over"),
    CheckedIn: (409, "checked_in"),
    CommunityRefused: (422, "bad_community"),
    CouponRefused: (422, "not_growing"),
    BadAccount: (422, "bad_account"),
    BadAddress: (422, "bad_address"),
    BadAftersale: (422, "too_much"),
    BadAmount: (422, "bad_amount"),
    BadMaterial: (422, "text_needed"),
    BadName: (422, "bad_name"),
    BadParcel: (422, "bad_parcel"),
    BadParcelLines: (422, "bad_parcel_lines"),
    BadPhone: (422, "bad_phone"),
    BadQuantity: (422, "bad_quantity"),
    CartIsFull: (422, "cart_full"),
    GiftRefused: (409, "gift_over"),
    GatewayUnavailable: (503, "unavailable"),
    InvitationRefused: (422, "invitation_refused"),
    NoSuchGateway: (422, "no_such_gateway"),
    NoSuchMember: (401, "no_such_member"),
    NotCompletable: (409, "not_completable"),
    NotToBeTaken: (409, "not_to_be_taken"),
    NotCancellable: (409, "not_cancellable"),
    NotPayable: (409, "not_payable"),
    NotReceivable: (409, "not_receivable"),
    NotRefundable: (409, "not_refundable"),
    NotWithdrawable: (422, "withdrawal_too_much"),
    NothingToSend: (409, "nothing_to_send"),
    NotShippable: (409, "not_shippable"),
    ParcelKnown: (409, "parcel_known"),
    RefundAsked: (409, "refund_asked"),
    QuizRefused: (409, "quiz_not_open"),
    QueueIsFull: (429, "queue_full"),
    TooMany: (429, "too_many"),
    WrongCode: (401, "wrong_code"),
}

# Refusals that operations answer with; those that are not here are 422: a rule refuses.
STATUS = {
    "queue_full": 429,
    "pictures_wait": 429,
    "sign_in": 401,
    "bad_body": 400,
    **dict.fromkeys(
        (
            "no_such_campaign", "no_such_group", "no_such_bargain", "no_such_step", "no_such_coupon", "no_such_batch",
            "no_such_community",
        ),
        404,
    ),
    **dict.fromkeys(
        ("forbidden", "join_first", "writing_paused", "leaders_write", "same_judge", "own_words", "not_about_leaders", "removed_before"), 403
    ),
    **dict.fromkeys(
        (
            "price_changed", "key_conflict", "sold_out", "group_full", "group_over", "already_in_group", "campaign_over",
            "not_started", "coupon_used", "bargain_bought", "bargain_over", "not_late", "other_price", "already_decided",
            "reported_before", "appealed_before", "already_paid", "inside_already", "circle_known", "circle_over", "playbook_begun", "community_full", "last_leader", "post_gone", "post_changed", "resting_until", "packet_over", "packet_empty",
            "gift_over", "gift_gone", "own_gift", "own_quiz", "quiz_not_open", "quiz_helped", "quiz_advised", "duel_over", "duel_full",
        ),
        409,
    ),
}  # fmt: skip


def refusal_of(error: Exception) -> tuple[int, str] | None:
    """Status and code for a named error; None for what is nobody's fault but ours."""
    if isinstance(
        error,
        NotWithdrawable
        | CouponRefused
        | BargainRefused
        | CommunityRefused
        | GiftRefused
        | QuizRefused
        | BadMaterial,
    ):
        return STATUS.get(error.code, 422), error.code
    if isinstance(error, BadAftersale):
        return 422, {"reason": "bad_reason", "too_much": "too_much", "too_little": "too_little"}.get(
            error.code, "bad_body"
        )
    return next((found for kind, found in ERRORS.items() if isinstance(error, kind)), None)
