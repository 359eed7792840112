"""What the API takes. Ids are opaque strings, amounts are integer fen."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Fen = Annotated[int, Field(ge=0, le=10**12)]
Id = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]


def _without_nul(text: str) -> str:
    """PostgreSQL keeps no NUL in a text; neither do we."""
    if "\0" in text:
        raise ValueError("NUL is not a character of a text")
    return text


Text = Annotated[str, Field(max_length=200), AfterValidator(_without_nul)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


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


class QuoteIn(Strict):
    lines: Annotated[list[LineIn], Field(max_length=200)]
    share_code: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{0,12}$")] | None = None


class AddressIn(Strict):
    name: Text
    phone: Text
    region: Text
    detail: Text


class ChargeIn(Strict):
    gateway: Text = "sandbox"


class OrderIn(QuoteIn):
    address: AddressIn | None = None
    quoted_fen: Fen | None = None
    charge: ChargeIn | None = None
    note: Text = ""


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


class PayIn(Strict):
    outcome: Text = "success"


Object = dict[str, Any]
