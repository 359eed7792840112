"""Why campaigns may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.missing,
    {
        "no_such_bargain": gettext_lazy("There is no such bargain of yours."),
        "no_such_batch": gettext_lazy("There are no such coupons."),
        "no_such_campaign": gettext_lazy("There is no such campaign."),
        "no_such_coupon": gettext_lazy("You have no such coupon."),
        "no_such_group": gettext_lazy("There is no such group."),
        "no_such_step": gettext_lazy("There is no group of this size here."),
    },
)

declare(
    Kind.conflict,
    {
        "already_in_group": gettext_lazy("You already have a place in this group."),
        "bargain_bought": gettext_lazy("It was bought at the price of its moment; nothing more is cut."),
        "bargain_over": gettext_lazy("This bargain has ended."),
        "campaign_over": gettext_lazy("This campaign has ended."),
        "checked_in": gettext_lazy("You've already checked in today. Come back tomorrow."),
        "coupon_used": gettext_lazy("This coupon has already been used."),
        "duel_full": gettext_lazy("Somebody else has taken up this challenge already."),
        "duel_over": gettext_lazy("This duel is over."),
        "gift_gone": gettext_lazy("All of this gift is taken already."),
        "gift_over": gettext_lazy("Nothing of this gift is left to be taken."),
        "group_full": gettext_lazy("This group is full. Open your own or join another."),
        "group_over": gettext_lazy("The time of this group is over. Open your own or join another."),
        "not_completable": gettext_lazy("Only an open group in which somebody has paid can be completed."),
        "not_late": gettext_lazy("There is nothing to choose any more for this order."),
        "not_started": gettext_lazy("It has not begun yet."),
        "not_to_be_taken": gettext_lazy("This honour is not reached yet, or was taken before."),
        "other_price": gettext_lazy(
            "That group has another price than you have paid. Open your own, or take the money back."
        ),
        "own_gift": gettext_lazy("This gift is from you: let somebody else take it."),
        "own_quiz": gettext_lazy("This is your own question: a friend has to advise you."),
        "packet_empty": gettext_lazy("All shares are taken."),
        "packet_over": gettext_lazy("The time of this packet is over."),
        "quiz_advised": gettext_lazy("Enough friends have advised already."),
        "quiz_helped": gettext_lazy("You have asked friends in this run already."),
        "quiz_not_open": gettext_lazy("This question is not open any more."),
        "sold_out": gettext_lazy("Not enough left in stock."),
    },
)

declare(
    Kind.rule,
    {
        "CN-PRICE-01": gettext_lazy("The price has to be below what it costs now, and above nothing."),
        "CN-PRICE-02": gettext_lazy(
            "Its list price was raised within the last seven days. Wait, or lower it again."
        ),
        "already_claimed": gettext_lazy("You have had your coupon of these already."),
        "bad_batch": gettext_lazy("These coupons cannot be as they are; look at the fields that are named."),
        "bad_campaign": gettext_lazy("The campaign cannot be as it is; look at the fields that are named."),
        "bad_times": gettext_lazy("It must end at least a minute after it begins, within 180 days."),
        "bargain_at_floor": gettext_lazy("The price is as low as it can be."),
        "bargain_helpers": gettext_lazy("A bargain has 1 to 100 helpers."),
        "batch_name": gettext_lazy("A name has 1 to 40 characters."),
        "begins_in_the_past": gettext_lazy("It cannot begin in the past."),
        "campaign_limit": gettext_lazy("That is more than one member may have of this campaign."),
        "cap_below_face": gettext_lazy("It cannot end below what it begins with."),
        "cap_needed": gettext_lazy("A percentage needs a most, so that everybody knows what it can cost."),
        "claim_over": gettext_lazy("These coupons are no longer available."),
        "community_only": gettext_lazy("This offer is for members of a community: join it first."),
        "coupon_below": gettext_lazy("Not enough is in the basket for this coupon."),
        "coupon_expired": gettext_lazy("This coupon has expired."),
        "coupon_grown": gettext_lazy("This coupon has grown as far as it can."),
        "coupon_not_for_these": gettext_lazy("This coupon is not for these goods."),
        "coupons_do_not_stack": gettext_lazy(
            "One coupon of each merchant and one of the platform can be used together."
        ),
        "cuts_below_a_fen": gettext_lazy(
            "Every friend has to take off at least one fen: fewer helpers, or a lower price."
        ),
        "gift_alone": gettext_lazy("A gift is bought at its ordinary price, not by a campaign."),
        "gift_one_kind": gettext_lazy("A gift is of one kind of goods."),
        "gift_shares": gettext_lazy("A gift has 1 to 50 shares."),
        "gone": gettext_lazy("All coupons have been claimed."),
        "group_hours": gettext_lazy("A group has 1 to 168 hours."),
        "group_seats": gettext_lazy("A group has 2 to 1000 seats."),
        "helped_before": gettext_lazy("You have helped already. Thank you."),
        "joined_later": gettext_lazy("This packet is for those who were here when it was sent."),
        "leader_cut_too_much": gettext_lazy("The initiator would pay nothing or less."),
        "merchant_pays_itself": gettext_lazy("A merchant's coupons are at the merchant's own cost."),
        "newcomers_only": gettext_lazy("This group is for people who buy here for the first time."),
        "not_below_the_price": gettext_lazy(
            "The price has to be below what it costs now, and above nothing."
        ),
        "not_giftable": gettext_lazy("This coupon cannot be given away (any more)."),
        "not_growing": gettext_lazy("This coupon does not grow (any more)."),
        "of_group_buys_only": gettext_lazy("Only a group buy has this."),
        "over_budget": gettext_lazy(
            "All together can cost more than the budget: fewer of them, a smaller cut, or a larger budget."
        ),
        "own_bargain": gettext_lazy("Friends cut your price; you cannot do it yourself."),
        "own_coupon": gettext_lazy("It is your own coupon; friends can help."),
        "own_packet": gettext_lazy("It is your own packet; it is for the others."),
        "packet_equal": gettext_lazy("For equal shares the points must divide evenly."),
        "packet_points": gettext_lazy("A packet holds 10 to 20,000 points."),
        "packet_shares": gettext_lazy("A packet has 1 to 200 shares, of at least one point each."),
        "points_short": gettext_lazy("You don't have enough points."),
        "question_goods": gettext_lazy("A merchant's questions are about its goods: choose one."),
        "question_known": gettext_lazy(
            "The same question or choice stands there twice, or is asked already."
        ),
        "quiz_alone": gettext_lazy("A duel is fought alone."),
        "quiz_level": gettext_lazy("A level is 1 to 9."),
        "quiz_locked": gettext_lazy("First pass the level before."),
        "quiz_question_needed": gettext_lazy("At least one question: a line that begins with ?"),
        "quiz_too_fast": gettext_lazy("That was too fast. Read the question first."),
        "quiz_too_few": gettext_lazy("There are not enough questions for this yet."),
        "quiz_tries": gettext_lazy("Enough for today. Come back tomorrow."),
        "sku_has_a_campaign": gettext_lazy("This variant has a campaign already."),
        "steps_must_fall": gettext_lazy(
            "Steps: more people, a lower price; the first one is the group's own."
        ),
        "strange_goods": gettext_lazy(
            "Some of these goods or categories do not exist, or belong to another merchant."
        ),
        "tip_day": gettext_lazy("You can tip up to 2,000 points a day."),
        "tip_range": gettext_lazy("A tip is 1 to 500 points."),
        "wrong_claim_code": gettext_lazy("This is not the code of these coupons."),
    },
)
