"""Refusals in the reader's language: one plain sentence for each code that an operation can refuse with."""

from django.utils.translation import gettext_lazy

SENTENCES = {
    "CN-PRICE-02": gettext_lazy(
        "Its list price was raised within the last seven days. Wait, or lower it again."
    ),
    "already_decided": gettext_lazy("This request was decided already."),
    "already_member": gettext_lazy("This phone number is registered already. Sign in instead."),
    "already_owner": gettext_lazy("You have a shop already."),
    "already_paid": gettext_lazy("This was paid already."),
    "bad_account": gettext_lazy(
        "An account's name has 1 to 40 characters, its id at most 40, and its followers are a whole number."
    ),
    "address_gone": gettext_lazy(
        "The address you chose no longer exists. Check the one below, or choose another."
    ),
    "bad_address": gettext_lazy("The address is not complete: name, phone, region and street are needed."),
    "bad_amount": gettext_lazy("This is not an amount of money."),
    "bad_body": gettext_lazy("The request could not be read."),
    "bad_name": gettext_lazy("A name has 1 to 24 characters."),
    "bad_parameter": gettext_lazy("Part of this address can't be read."),
    "bad_parcel": gettext_lazy("The carrier or the tracking number is not right."),
    "bad_parcel_lines": gettext_lazy("There aren't that many units left to ship."),
    "parcel_known": gettext_lazy(
        "This order already has a parcel with this tracking number and different items."
    ),
    "refund_asked": gettext_lazy("The buyer has requested a refund for unshipped items. Decide on it first."),
    "pay_first": gettext_lazy(
        "Your unpaid orders already hold many items. Pay for or cancel them first, or order fewer."
    ),
    "too_little": gettext_lazy(
        "These units cost more than that. Enter their full price or choose fewer units."
    ),
    "bad_phone": gettext_lazy("This is not a mobile phone number."),
    "bad_quantity": gettext_lazy("The quantity must be 1 to 999."),
    "bad_reason": gettext_lazy("Please say why."),
    "bad_seconds": gettext_lazy("The clock moves forward only, by at most 400 days at once."),
    "cart_full": gettext_lazy("The cart is full: it holds 100 different goods."),
    "wrong_method": gettext_lazy("This page opens only from its own button or form."),
    "csrf": gettext_lazy("This page was open too long. Go back, reload it and try again."),
    "empty": gettext_lazy("Nothing was chosen."),
    "forbidden_words": gettext_lazy("There are words in it that advertising may not use here."),
    "forbidden": gettext_lazy("You may not do this."),
    "in_progress": gettext_lazy("The same request is being worked on. Try again in a moment."),
    "gift_alone": gettext_lazy("A gift is bought at its ordinary price, not by a campaign."),
    "gift_gone": gettext_lazy("All of this gift is taken already."),
    "gift_one_kind": gettext_lazy("A gift is of one kind of goods."),
    "gift_over": gettext_lazy("Nothing of this gift is left to be taken."),
    "gift_shares": gettext_lazy("A gift has 1 to 50 shares."),
    "duel_full": gettext_lazy("Somebody else has taken up this challenge already."),
    "duel_over": gettext_lazy("This duel is over."),
    "outer_capacity": gettext_lazy("A group has 2 members or more, and no more than its platform lets in."),
    "bad_recording": gettext_lazy("This file is not a voice or video recording that can be read."),
    "recording_long": gettext_lazy("It is too long: voice has 3 minutes at most, video 1 minute."),
    "recording_large": gettext_lazy("It is too large: voice has 16 MB at most, video 80 MB."),
    "recordings_wait": gettext_lazy("Three of your recordings are being prepared. Wait a moment for them."),
    "picture_needed": gettext_lazy("To show something off takes a picture or a video."),
    "goods_needed": gettext_lazy("Choose the goods that it is about."),
    "circle_first": gettext_lazy("Join this circle first."),
    "circle_over": gettext_lazy("This circle is closed."),
    "circle_name": gettext_lazy("A circle's name has 1 to 12 characters, its sentence at most 60."),
    "circle_known": gettext_lazy("A circle of this name is open already."),
    "too_many_circles": gettext_lazy("A community has at most 20 circles. Close one first."),
    "no_such_expert": gettext_lazy("This expert cannot be asked here any more."),
    "expert_hours": gettext_lazy(
        "An expert has a subject of 1 to 20 characters and hours of a day: at least one, from 0 to 24."
    ),
    "too_many_experts": gettext_lazy("A community has at most 12 experts."),
    "realm_region": gettext_lazy("A region of yours: its six digits."),
    "not_leading": gettext_lazy("Newcomers are welcomed by somebody who leads there."),
    "entry_fee_needed": gettext_lazy("A fee is ¥0.01 to ¥10,000."),
    "fee_needed": gettext_lazy("One comes in here by paying its fee."),
    "inside_already": gettext_lazy("You are inside already, or in line."),
    "bad_playbook": gettext_lazy("The playbook cannot be as it is; its line says why."),
    "playbook_long": gettext_lazy("A playbook has at most 60 steps and 20,000 characters."),
    "playbook_words": gettext_lazy("The words of a step have at most 600 characters."),
    "playbook_begins": gettext_lazy("A playbook begins with a step: a line like +0 09:00 and what to do."),
    "playbook_step": gettext_lazy("A step is a line like +0 09:00 and what to do."),
    "playbook_title": gettext_lazy("What to do is said in 1 to 60 characters."),
    "playbook_day": gettext_lazy(
        "This day cannot be: weekly steps have days 0 to 6, others 0 to 365; a beginning is today or later."
    ),
    "playbook_by_hand": gettext_lazy("This playbook cannot be begun by hand here."),
    "playbook_begun": gettext_lazy("It has begun on this day already."),
    "outer_closed": gettext_lazy("This group is closed."),
    "outer_count": gettext_lazy("A group has 0 members up to its capacity."),
    "outer_waiting": gettext_lazy("Five of your groups wait for the operator. Wait for them first."),
    "outer_url": gettext_lazy(
        "A link begins with https:// and the name of a site, and has at most 200 plain characters: no spaces, no quotes."
    ),
    "too_many_copies": gettext_lazy("A product has at most 30 copies in use. Retire one first."),
    "over_budget": gettext_lazy(
        "All together can cost more than the budget: fewer of them, a smaller cut, or a larger budget."
    ),
    "own_quiz": gettext_lazy("This is your own question: a friend has to advise you."),
    "question_known": gettext_lazy("The same question or choice stands there twice, or is asked already."),
    "quiz_question_needed": gettext_lazy("At least one question: a line that begins with ?"),
    "quiz_advised": gettext_lazy("Enough friends have advised already."),
    "quiz_alone": gettext_lazy("A duel is fought alone."),
    "quiz_helped": gettext_lazy("You have asked friends in this run already."),
    "question_goods": gettext_lazy("A merchant's questions are about its goods: choose one."),
    "quiz_level": gettext_lazy("A level is 1 to 9."),
    "quiz_locked": gettext_lazy("First pass the level before."),
    "quiz_not_open": gettext_lazy("This question is not open any more."),
    "quiz_too_few": gettext_lazy("There are not enough questions for this yet."),
    "quiz_too_fast": gettext_lazy("So fast nobody reads. Take your time and choose again."),
    "quiz_tries": gettext_lazy("Enough for today. Come back tomorrow."),
    "own_gift": gettext_lazy("This gift is from you: let somebody else take it."),
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
    "already_claimed": gettext_lazy("You have had your coupon of these already."),
    "already_in_group": gettext_lazy("You have a seat in this group already."),
    "bad_batch": gettext_lazy("These coupons cannot be as they are; look at the fields that are named."),
    "bad_campaign": gettext_lazy("The campaign cannot be as it is; look at the fields that are named."),
    "bargain_at_floor": gettext_lazy("The price is as low as it can be."),
    "bargain_bought": gettext_lazy("It was bought at the price of its moment; nothing more is cut."),
    "bargain_over": gettext_lazy("The time of this bargain is over."),
    "campaign_limit": gettext_lazy("That is more than one member may have of this campaign."),
    "campaign_over": gettext_lazy("This campaign is over."),
    "not_to_be_taken": gettext_lazy("This honour is not reached yet, or was taken before."),
    "checked_in": gettext_lazy("You have checked in today already. Come back tomorrow."),
    "claim_over": gettext_lazy("These coupons are not given out any more."),
    "coupon_below": gettext_lazy("Not enough is in the basket for this coupon."),
    "coupon_expired": gettext_lazy("This coupon's time is over."),
    "coupon_grown": gettext_lazy("This coupon has grown as far as it can."),
    "coupon_not_for_these": gettext_lazy("This coupon is not for these goods."),
    "coupon_used": gettext_lazy("This coupon is used already."),
    "coupons_do_not_stack": gettext_lazy(
        "One coupon of each merchant and one of the platform can be used together."
    ),
    "gone": gettext_lazy("All coupons have been given out."),
    "group_full": gettext_lazy("This group is full. Open your own or join another."),
    "group_over": gettext_lazy("The time of this group is over. Open your own or join another."),
    "helped_before": gettext_lazy("You have helped already. Thank you."),
    "newcomers_only": gettext_lazy("This group is for people who buy here for the first time."),
    "no_such_bargain": gettext_lazy("There is no such bargain of yours."),
    "no_such_batch": gettext_lazy("There are no such coupons."),
    "no_such_campaign": gettext_lazy("There is no such campaign."),
    "no_such_coupon": gettext_lazy("You have no such coupon."),
    "no_such_group": gettext_lazy("There is no such group."),
    "no_such_step": gettext_lazy("There is no group of this size here."),
    "not_completable": gettext_lazy("Only an open group in which somebody has paid can be completed."),
    "not_giftable": gettext_lazy("This coupon cannot be given away (any more)."),
    "not_growing": gettext_lazy("This coupon does not grow (any more)."),
    "not_late": gettext_lazy("There is nothing to choose any more for this order."),
    "not_started": gettext_lazy("It has not begun yet."),
    "not_the_campaigns_goods": gettext_lazy("An order of a campaign is of its goods alone."),
    "other_price": gettext_lazy(
        "That group has another price than you have paid. Open your own, or take the money back."
    ),
    "own_bargain": gettext_lazy("Friends cut your price; you cannot do it yourself."),
    "own_coupon": gettext_lazy("It is your own coupon; friends can help."),
    "wrong_claim_code": gettext_lazy("This is not the code of these coupons."),
    # Faults of a field of a form.
    "batch_name": gettext_lazy("A name has 1 to 40 characters."),
    "bad_times": gettext_lazy("It must end after it begins, within 180 days."),
    "bargain_helpers": gettext_lazy("A bargain has 1 to 100 helpers."),
    "begins_in_the_past": gettext_lazy("It cannot begin in the past."),
    "cap_below_face": gettext_lazy("It cannot end below what it begins with."),
    "strange_goods": gettext_lazy(
        "Some of these goods or categories do not exist, or belong to another merchant."
    ),
    "cap_needed": gettext_lazy("A percentage needs a most, so that everybody knows what it can cost."),
    "cuts_below_a_fen": gettext_lazy(
        "Every friend has to take off at least one fen: fewer helpers, or a lower price."
    ),
    "group_hours": gettext_lazy("A group has 1 to 168 hours."),
    "group_seats": gettext_lazy("A group has 2 to 1000 seats."),
    "leader_cut_too_much": gettext_lazy("The initiator would pay nothing or less."),
    "merchant_pays_itself": gettext_lazy("A merchant's coupons are at the merchant's own cost."),
    "not_below_the_price": gettext_lazy("The price has to be below what it costs now, and above nothing."),
    "of_group_buys_only": gettext_lazy("Only a group buy has this."),
    "unreadable": gettext_lazy("This could not be read. Numbers are digits, times like 2026-12-24T10:00."),
    "out_of_range": gettext_lazy("This value is out of its range."),
    "rate_range": gettext_lazy("A commission rate is 5% to 40%, or 0 for none."),
    "sku_has_a_campaign": gettext_lazy("This variant has a campaign already."),
    "steps_must_fall": gettext_lazy("Steps: more people, a lower price; the first one is the group's own."),
    # Communities.
    "answer_needed": gettext_lazy("Please answer the question of this community."),
    "appealed_before": gettext_lazy("You have appealed already."),
    "bad_community": gettext_lazy("The community cannot be as it is; look at the fields that are named."),
    "bad_days": gettext_lazy("Say for how many days, 1 to 90."),
    "capacity_below_members": gettext_lazy("There are more members already."),
    "community_capacity": gettext_lazy("A community has 2 to 100,000 members."),
    "community_full": gettext_lazy("This community is full."),
    "community_intake": gettext_lazy("At least one newcomer a day."),
    "community_region": gettext_lazy("There is no such region."),
    "whole_number": gettext_lazy("This has to be a whole number."),
    "no_such_product": gettext_lazy("There is no product with this number."),
    "community_tags": gettext_lazy("At most six tags, of at most 12 characters each."),
    "entry_purchase_needed": gettext_lazy("Say which product has to be bought, or goods of how much."),
    "entry_question_needed": gettext_lazy("Say which question newcomers answer."),
    "invitation_needed": gettext_lazy("This community is by invitation: the code is not right."),
    "community_only": gettext_lazy("This offer is for members of a community: join it first."),
    "join_first": gettext_lazy("Join this community first."),
    "last_leader": gettext_lazy("You lead this community alone. Hand it over first."),
    "leaders_write": gettext_lazy("Here the leaders tell of offers. You can comment and ask."),
    "no_such_community": gettext_lazy("There is no such community (any more)."),
    "not_about_leaders": gettext_lazy("Only the operator decides about a leader."),
    "tip_range": gettext_lazy("A tip is 1 to 500 points."),
    "tip_day": gettext_lazy("At most 2,000 points of tips in a day."),
    "points_short": gettext_lazy("You have not as many points."),
    "packet_points": gettext_lazy("A packet holds 10 to 20,000 points."),
    "packet_shares": gettext_lazy("A packet has 1 to 200 shares, of at least one point each."),
    "packet_equal": gettext_lazy("For equal shares the points must divide evenly."),
    "packet_over": gettext_lazy("The time of this packet is over."),
    "packet_empty": gettext_lazy("All shares are taken."),
    "own_packet": gettext_lazy("It is your own packet; it is for the others."),
    "joined_later": gettext_lazy("This packet is for those who were here when it was sent."),
    "own_words": gettext_lazy("Somebody else looks at what you wrote."),
    "own_answer": gettext_lazy("Accept somebody else's answer."),
    "post_changed": gettext_lazy("Its author has just changed it. Look once more."),
    "post_gone": gettext_lazy("This was taken down or taken back."),
    "purchase_needed": gettext_lazy("This community is for people who have bought: see its way in."),
    "reason_needed": gettext_lazy("Please give a reason; it will be read by whom it is about."),
    "removed_before": gettext_lazy("You were asked to leave this community. You can appeal."),
    "reported_before": gettext_lazy("You have reported this already. Somebody will look at it."),
    "resting_until": gettext_lazy("Your rest is not over yet."),
    "same_judge": gettext_lazy("Somebody else than who decided answers an appeal."),
    "text_needed": gettext_lazy("Please write something."),
    "too_long": gettext_lazy("That is too long."),
    "too_many_cards": gettext_lazy("At most six goods in one post."),
    "too_many_images": gettext_lazy("At most nine pictures."),
    "picture_large": gettext_lazy("Pictures can be up to 20 MB."),
    "picture_pixels": gettext_lazy("The picture is too large. The limit is 64 megapixels."),
    "picture_kind": gettext_lazy(
        "Upload a JPEG, PNG, WebP, AVIF or HEIC picture. Save other formats as JPEG first."
    ),
    "picture_broken": gettext_lazy("The picture is damaged and can't be opened."),
    "pictures_full": gettext_lazy("Your picture storage is full."),
    "pictures_wait": gettext_lazy("Other pictures are being processed. Try again in a moment."),
    "bad_picture": gettext_lazy(
        "This picture can't be used. Upload a JPEG, PNG, WebP or HEIC of up to 20 MB."
    ),
    "answer_all": gettext_lazy("Please answer every question."),
    "lessons_first": gettext_lazy("Read all lessons first."),
    "quiz_tomorrow": gettext_lazy("That was the last try of today. Read once more, and try again tomorrow."),
    "no_such_lesson": gettext_lazy("There is no such lesson."),
    "course_title": gettext_lazy("A title has 1 to 60 characters, its sentence at most 200."),
    "course_code": gettext_lazy("A code has letters, digits and hyphens."),
    "course_lesson_needed": gettext_lazy("A course has at least one lesson: a line that begins with #."),
    "course_question_needed": gettext_lazy("A course has at least one question: a line that begins with ?."),
    "course_begins_with_lesson": gettext_lazy("A course begins with a lesson: a line that begins with #."),
    "course_one_right": gettext_lazy("A question has one right choice."),
    "course_choices_needed": gettext_lazy("A question has at least two choices, one of them right (+)."),
    "writing_paused": gettext_lazy(
        "A leader has paused your writing here; you see until when on your membership."
    ),
    "CN-PRICE-01": gettext_lazy("The price has to be below what it costs now, and above nothing."),
}


def sentence(code: str) -> str:
    """The sentence of a code, in the active language."""
    return str(SENTENCES.get(code, code))


REASONS = {
    "list_price": gettext_lazy("Price"),
    "group_buy": gettext_lazy("Group price"),
    "flash_sale": gettext_lazy("Flash sale"),
    "bargain": gettext_lazy("Bargain"),
    "leader_cut": gettext_lazy("Initiator's discount"),
    "self_purchase": gettext_lazy("Own purchase saving"),
    "merchant_coupon": gettext_lazy("Merchant's coupon"),
    "platform_coupon": gettext_lazy("Coupon"),
    "points": gettext_lazy("Points"),
}


def reason_label(code: str) -> str:
    """The label of a price reason, in the active language."""
    return str(REASONS.get(code, code))
