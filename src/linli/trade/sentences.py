"""Refusals in the reader's language: one plain sentence for each code that an operation can refuse with."""

from django.utils.translation import gettext_lazy

SENTENCES = {
    "already_decided": gettext_lazy("This request was decided already."),
    "already_member": gettext_lazy("This phone number is registered already. Sign in instead."),
    "already_owner": gettext_lazy("You have a shop already."),
    "already_paid": gettext_lazy("This was paid already."),
    "bad_address": gettext_lazy("The address is not complete: name, phone, region and street are needed."),
    "bad_amount": gettext_lazy("This is not an amount of money."),
    "bad_body": gettext_lazy("The request could not be read."),
    "bad_name": gettext_lazy("A name has 1 to 24 characters."),
    "bad_parcel": gettext_lazy("The carrier or the tracking number is not right."),
    "bad_phone": gettext_lazy("This is not a mobile phone number."),
    "bad_quantity": gettext_lazy("The quantity must be 1 to 999."),
    "bad_reason": gettext_lazy("Please say why."),
    "bad_seconds": gettext_lazy("The clock moves forward only, by at most 400 days at once."),
    "cart_full": gettext_lazy("The cart is full: it holds 100 different goods."),
    "csrf": gettext_lazy("This page was open too long. Go back, reload it and try again."),
    "empty": gettext_lazy("Nothing was chosen."),
    "forbidden": gettext_lazy("You may not do this."),
    "in_progress": gettext_lazy("The same request is being worked on. Try again in a moment."),
    "invitation_refused": gettext_lazy(
        "This invitation is not valid (any more). Ask your friend for a new one."
    ),
    "key_conflict": gettext_lazy("This idempotency key was used for another request."),
    "no_address": gettext_lazy("Please say where the goods should go."),
    "no_such_gateway": gettext_lazy("This way of paying is not available here."),
    "no_such_member": gettext_lazy("Nobody is registered with this phone number yet."),
    "not_cancellable": gettext_lazy(
        "This order cannot be cancelled any more. If it is paid, ask for a refund."
    ),
    "not_for_sale": gettext_lazy("Something in it is not for sale any more."),
    "not_found": gettext_lazy("There is nothing here."),
    "not_payable": gettext_lazy("This order does not wait for payment."),
    "not_receivable": gettext_lazy("This order is not on its way."),
    "not_refundable": gettext_lazy("Nothing of this order can be refunded now."),
    "withdrawal_least": gettext_lazy("The least that can be withdrawn is ¥1."),
    "withdrawal_too_much": gettext_lazy("That is more than is available."),
    "withdrawal_day": gettext_lazy("That is more than can be withdrawn in one day."),
    "withdrawal_held": gettext_lazy(
        "Your earnings are held while your shop is under review. You can appeal."
    ),
    "identity_needed": gettext_lazy("First say who the money goes to, and let it be checked."),
    "own_money": gettext_lazy("Nobody decides about money of their own. Ask a colleague."),
    "nothing_owed": gettext_lazy("This owner owes nothing."),
    "plan_blocked": gettext_lazy("The law of this site or the proof forbids this plan."),
    "plan_not_ready": gettext_lazy("The plan has to pass the step before first."),
    "same_person": gettext_lazy("A second person has to approve what you drafted."),
    "owner_closed": gettext_lazy("This shop is closed, and stays closed."),
    "no_such_tier": gettext_lazy("The plan in force has no such tier."),
    "nothing_to_send": gettext_lazy("No goods are awaited back for this request."),
    "not_shippable": gettext_lazy("Only a paid order can be sent."),
    "order_closed": gettext_lazy("The payment came after the order was closed; the money goes back."),
    "price_changed": gettext_lazy("The price has changed since you saw it. Please look again."),
    "queue_full": gettext_lazy("Very many people are here right now. Please try again in a moment."),
    "sign_in": gettext_lazy("Please sign in."),
    "sold_out": gettext_lazy("Sold out: there are not enough left."),
    "too_many": gettext_lazy("Too many tries. Please wait a moment."),
    "too_many_lines": gettext_lazy("Too many different goods in one order."),
    "too_much": gettext_lazy("This is more than can be refunded."),
    "unavailable": gettext_lazy(
        "We are not sure whether this worked. Please look, and try again with the same key."
    ),
    "unknown_outcome": gettext_lazy("The payment does not know this outcome."),
    "wrong_code": gettext_lazy("The code is wrong or too old."),
}


def sentence(code: str) -> str:
    """The sentence of a code, in the active language."""
    return str(SENTENCES.get(code, code))


REASONS = {
    "list_price": gettext_lazy("Price"),
    "self_purchase": gettext_lazy("Own purchase saving"),
}


def reason_label(code: str) -> str:
    """The label of a price reason, in the active language."""
    return str(REASONS.get(code, code))
