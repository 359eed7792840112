"""What the API takes. Ids are opaque strings, amounts are integer fen."""

from typing import Annotated, Any, Literal

from pydantic import Field

from linli.api.values import Count, Fen, Id, Moment, Strict, Text


class SessionIn(Strict):
    phone: Text
    code: Text


class MemberIn(SessionIn):
    name: Text = ""
    invitation: Text | None = None
    shop_name: Text = ""


class CodeIn(Strict):
    phone: Text


class ShareLinkIn(Strict):
    product_id: Id | None = None


class LineIn(Strict):
    sku_id: Id
    quantity: Annotated[int, Field(ge=-(10**9), le=10**9)]


class DeliveryIn(Strict):
    """How the goods come. By parcel is the only way so far; another is refused, not ignored."""

    method: Literal["parcel"]


class FavouriteIn(Strict):
    wants_news: bool = False


class QuoteIn(Strict):
    lines: Annotated[list[LineIn], Field(max_length=200)]
    share_code: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{0,12}$")] | None = None
    coupon_ids: Annotated[list[Id], Field(max_length=20)] = []
    use_points: bool = False
    group_buy: "GroupBuyIn | None" = None
    flash_sale: "CampaignChoiceIn | None" = None
    bargain: "BargainChoiceIn | None" = None
    gift: "GiftIn | None" = None
    delivery: DeliveryIn | None = None


class GroupBuyIn(Strict):
    campaign_id: Id
    group_id: Id | None = None
    seats: Annotated[int, Field(ge=0, le=1000)] = 0


class GiftIn(Strict):
    """The basket given away: each of the shares holds its line."""

    shares: Annotated[int, Field(ge=1, le=50)] = 1
    words: Annotated[str, Field(max_length=60)] = ""
    community_id: Id | None = None


class CampaignChoiceIn(Strict):
    campaign_id: Id


class BargainChoiceIn(CampaignChoiceIn):
    bargain_id: Id


class AddressIn(Strict):
    name: Text
    phone: Text
    region: Text
    detail: Text


class GiftClaimIn(Strict):
    address: AddressIn


class GiftProblemIn(Strict):
    reason: Text


class QuizLevelIn(Strict):
    level: Annotated[int, Field(ge=1, le=9)]


class QuizAnswerIn(Strict):
    position: Annotated[int, Field(ge=0, le=9)]
    choice: Annotated[int, Field(ge=0, le=9)]


class QuizAdviceIn(Strict):
    choice: Annotated[int, Field(ge=0, le=9)]


class QuizQuestionsIn(Strict):
    """text: questions as in a course's document, with an empty line between them."""

    level: Annotated[int, Field(ge=1, le=9)]
    text: Annotated[str, Field(max_length=20_000)]
    product_id: Id | None = None


class OuterGroupIn(Strict):
    """A group elsewhere; leader_id is for the operator and agents, anybody else leads their own."""

    platform: Literal["wechat", "wecom", "qq", "other"]
    name: Text
    type: Literal["benefit", "light", "heavy"]
    region: Text
    capacity: "Count"
    member_count: "Count" = 0
    position: "Count" = 0
    join_url: Text = ""
    leader_id: Id | None = None


class OuterCountIn(Strict):
    member_count: "Count"


class OuterTasksIn(Strict):
    group_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]
    product_id: Id
    words: Annotated[str, Field(max_length=1000)]
    hours: Annotated[int, Field(ge=0, le=10_000)] = 24


class MaterialIn(Strict):
    words: Annotated[str, Field(max_length=1000)]
    months: Annotated[list[Annotated[int, Field(ge=0, le=99)]], Field(max_length=12)] = []
    recording: Annotated[str, Field(pattern=r"^([0-9a-f]{24})?$")] = ""


class TraitsIn(Strict):
    occupation: Annotated[str, Field(max_length=12)] = ""
    interests: Annotated[list[Annotated[str, Field(max_length=12)]], Field(max_length=6)] = []


class RoutingRuleIn(Strict):
    occupations: Annotated[list[Annotated[str, Field(max_length=12)]], Field(max_length=20)] = []
    interests: Annotated[list[Annotated[str, Field(max_length=12)]], Field(max_length=12)] = []
    identities: Annotated[list[Literal["owner", "buyer", "newcomer"]], Field(max_length=3)] = []
    priority: Annotated[int, Field(ge=-99, le=99)] = 0


class RoutingRunIn(Strict):
    dry: bool = True


class ChargeIn(Strict):
    gateway: Text = ""


class OrderIn(QuoteIn):
    address: AddressIn | None = None
    quoted_fen: Fen | None = None
    charge: ChargeIn | None = None
    note: Annotated[Text, Field(max_length=200)] = ""


class ShipmentIn(Strict):
    carrier: Text
    tracking_no: Text
    lines: Annotated[list["ParcelLineIn"], Field(max_length=50)] = []


class ParcelLineIn(Strict):
    order_line_id: Id
    quantity: Annotated[int, Field(ge=1, le=999)]


class AftersaleLineIn(Strict):
    order_line_id: Id
    quantity: Annotated[int, Field(ge=1, le=999)] | None = None
    amount_fen: Annotated[int, Field(ge=1, le=10**12)] | None = None


class AftersaleIn(Strict):
    lines: Annotated[list[AftersaleLineIn], Field(max_length=50)]
    kind: Text
    reason: Text


class ReturnIn(Strict):
    carrier: Text
    tracking_no: Text


class WithdrawalIn(Strict):
    amount_fen: Annotated[int, Field(strict=True, ge=1, le=10**12)]


class IdentityIn(Strict):
    real_name: Text
    id_number: Text
    account: Text


class DecisionIn(Strict):
    accept: bool
    reason: Text = ""


class ClockIn(Strict):
    advance_seconds: Annotated[int, Field(ge=0, le=400 * 86_400)]


class CampaignIn(Strict):
    """A campaign to be made; which values count depends on its kind."""

    sku_id: Id
    price_fen: Fen = 0
    stock: Count = 0
    budget_fen: Fen = 0
    seats: Count = 0
    hours: Count = 24
    per_member: Count = 0
    rate_bp: Annotated[int, Field(ge=0, le=10_000)] | None = None
    steps: Annotated[
        list[Annotated[list[Count], Field(min_length=2, max_length=2)]], Field(max_length=5)
    ] = []
    leader_cut_fen: Fen = 0
    newcomers_only: bool = False
    community_id: Id | None = None
    stacks_with: Annotated[list[Text], Field(max_length=5)] = ["self_purchase"]
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class AnyCampaignIn(CampaignIn):
    kind: Literal["group_buy", "flash_sale", "bargain", "preview"]


class ScopeIn(Strict):
    kind: Literal["all", "categories", "products"] = "all"
    ids: Annotated[list[Id], Field(max_length=500)] = []


class CouponBatchIn(Strict):
    name: Text
    kind: Literal["fixed", "percent", "growth"]
    face_fen: Fen = 0
    percent_bp: Count = 0
    cap_fen: Fen = 0
    step_fen: Fen = 0
    min_spend_fen: Fen = 0
    quantity: Count
    per_member: Count = 1
    budget_fen: Fen = 0
    valid_days: Count = 30
    scope: ScopeIn | Literal["all"] = "all"
    platform_share_bp: Annotated[int, Field(ge=0, le=10_000)] | None = None
    claim_code: Text = ""
    is_public: bool = True


class ClaimIn(Strict):
    claim_code: Text = ""


class LateChoiceIn(Strict):
    choice: Literal["own_group", "join", "refund"]
    group_id: Id | None = None


LongText = Annotated[str, Field(max_length=4000)]
Picture = Annotated[str, Field(pattern=r"^[0-9a-f]{24}\.webp$")]


class EntryIn(Strict):
    kind: Literal["open", "question", "invitation", "purchase", "fee"] = "open"
    question: Text = ""
    product_id: Id | None = None
    spend_fen: Fen = 0
    fee_fen: Fen = 0


class CommunityIn(Strict):
    name: Text
    type: Literal["benefit", "light", "heavy"]
    region: Annotated[str, Field(pattern=r"^([0-9]{6})?$")] = ""
    tags: Annotated[list[Text], Field(max_length=20)] = []
    intro: Text = ""
    rules: LongText = ""
    capacity: Count
    daily_intake: Count
    entry: EntryIn = EntryIn()
    leader_id: Id | None = None


class CloneIn(Strict):
    name: Text
    region: Annotated[str, Field(pattern=r"^([0-9]{6})?$")] = ""
    leader_id: Id | None = None


class MembershipIn(Strict):
    answer: Text = ""
    invitation: Text = ""


class QuestionIn(Strict):
    text: LongText
    topic: Text = ""
    images: Annotated[list[Picture], Field(max_length=20)] = []
    product_ids: Annotated[list[Id], Field(max_length=20)] = []
    recording: Annotated[str, Field(pattern=r"^([0-9a-f]{24})?$")] = ""
    circle_id: Id | None = None
    expert_id: Id | None = None


class PostIn(QuestionIn):
    line: Literal["buying", "selling", "show"]


class CommentIn(Strict):
    text: LongText
    product_id: Id | None = None


class MarkIn(Strict):
    on: bool = True


class ReportIn(Strict):
    reason: Text
    comment_id: Id | None = None


class TipIn(Strict):
    points: Count


class PacketIn(Strict):
    points: Count
    count: Count
    kind: Literal["random", "equal"] = "random"
    words: Text = ""


class AttemptIn(Strict):
    choices: Annotated[list[Annotated[int, Field(ge=0, le=10)]], Field(max_length=60)]


class PayIn(Strict):
    outcome: Text = "success"


Object = dict[str, Any]
