"""Why trade may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.conflict,
    {
        "already_paid": gettext_lazy("This has already been paid."),
        "inside_already": gettext_lazy("You are inside already, or in line."),
        "not_cancellable": gettext_lazy(
            "This order cannot be cancelled any more. If it is paid, ask for a refund."
        ),
        "not_payable": gettext_lazy("This order does not wait for payment."),
        "not_receivable": gettext_lazy("This order is not in transit."),
        "not_refundable": gettext_lazy("Nothing of this order can be refunded now."),
        "not_shippable": gettext_lazy("Only a paid order can be shipped."),
        "nothing_to_send": gettext_lazy("No goods are awaited back for this request."),
        "price_changed": gettext_lazy("The price has changed. Check it and try again."),
        "refund_asked": gettext_lazy(
            "The buyer has requested a refund for unshipped items. Decide on it first."
        ),
    },
)

declare(
    Kind.rule,
    {
        "amount_differs": gettext_lazy("Another amount was paid than was asked. It goes back to you."),
        "unknown_purpose": gettext_lazy("A payment for what is not known here goes back."),
        "aftersale_kind": gettext_lazy(
            "Choose a refund or a return. For a gift only money can be asked back."
        ),
        "bad_lines": gettext_lazy("A line is not of this order, or is named twice."),
        "bad_parcel_lines": gettext_lazy("There aren't that many units left to ship."),
        "bad_quantity": gettext_lazy("The quantity must be 1 to 999."),
        "cart_full": gettext_lazy("The cart is full: it holds 100 different goods."),
        "empty": gettext_lazy("Choose something first."),
        "no_address": gettext_lazy("Please add a delivery address."),
        "not_the_campaigns_goods": gettext_lazy("An order of a campaign is of its goods alone."),
        "order_closed": gettext_lazy("The payment came after the order was closed; the money goes back."),
        "pay_first": gettext_lazy(
            "Your unpaid orders already hold many items. Pay for or cancel them first, or order fewer."
        ),
        "too_little": gettext_lazy(
            "These units cost more than that. Enter their full price or choose fewer units."
        ),
        "too_many_lines": gettext_lazy("Too many different goods in one order."),
        "too_much": gettext_lazy("That is more than can be refunded."),
    },
)
