"""What members are told in their inbox: the sentence of each code, and its icon."""

from django.utils.translation import gettext_lazy

INBOX = {
    "group_full": (gettext_lazy("Your group is full: “%(title)s” will be sent."), "users-three-fill"),
    "group_failed": (
        gettext_lazy("Your group for “%(title)s” did not fill. Your money is on its way back."),
        "arrow-counter-clockwise",
    ),
    "duel_over": (gettext_lazy("Your quiz duel is over. Look who won."), "seal-question"),
    "gift_taken": (gettext_lazy("Your gift was taken: “%(title)s”."), "gift-fill"),
    "gift_back": (
        gettext_lazy("Nobody took all of your gift “%(title)s”. The money for the rest is on its way back."),
        "arrow-counter-clockwise",
    ),
    "coupon_issued": (gettext_lazy("A coupon for you: %(name)s."), "ticket-fill"),
    "coupon_grew": (gettext_lazy("A friend helped: your coupon is worth ¥%(yuan)s now."), "ticket-fill"),
    "coupon_taken": (gettext_lazy("Your gift was taken: %(name)s."), "gift-fill"),
    "coupon_ends": (gettext_lazy("Your coupon %(name)s ends within two days."), "clock"),
    "campaign_begins": (gettext_lazy("It has begun: “%(title)s”."), "bell-ringing-fill"),
    "community_hosted": (
        gettext_lazy(
            "Welcome to %(name)s. Say hello, and read its rules first. %(host)s is there for newcomers: ask whatever you like."
        ),
        "users-three-fill",
    ),
    "community_welcome": (
        gettext_lazy("Welcome to %(name)s. Say hello, and read its rules first."),
        "users-three-fill",
    ),
    "community_asked": (gettext_lazy("Somebody wants to join %(name)s."), "users-three-fill"),
    "community_refused": (
        gettext_lazy("%(name)s did not take you in this time. You may ask again."),
        "users-three-fill",
    ),
    "community_not_now": (
        gettext_lazy("%(name)s did not take you in this time: %(why)s. You may ask again."),
        "users-three-fill",
    ),
    "post_commented": (gettext_lazy("There is a comment on “%(text)s”."), "chat-circle-dots-fill"),
    "question_answered": (gettext_lazy("Your question “%(text)s” has an answer."), "question-fill"),
    "tipped": (gettext_lazy("Somebody tipped you for “%(text)s”."), "gift-fill"),
    "packet_back": (
        gettext_lazy("%(points)s points that nobody took from your red packet are yours again."),
        "gift-fill",
    ),
    "answer_accepted": (gettext_lazy("Your answer to “%(text)s” helped."), "check-circle-fill"),
    "post_shown": (gettext_lazy("“%(text)s” is shown."), "check-circle-fill"),
    "post_hidden": (gettext_lazy("“%(text)s” was taken down: %(why)s"), "eye-slash"),
    "sanction_hint": (gettext_lazy("A hint from %(name)s: %(why)s"), "warning-circle-fill"),
    "sanction_pause": (gettext_lazy("Your writing in %(name)s is paused: %(why)s"), "warning-circle-fill"),
    "sanction_rest": (gettext_lazy("You rest from %(name)s for a while: %(why)s"), "warning-circle-fill"),
    "sanction_leave": (gettext_lazy("You were asked to leave %(name)s: %(why)s"), "warning-circle-fill"),
    "appeal_lifted": (gettext_lazy("Your appeal in %(name)s was right: %(why)s"), "check-circle-fill"),
    "appeal_upheld": (gettext_lazy("Your appeal in %(name)s was looked at: %(why)s"), "warning-circle-fill"),
    "task_issued": (gettext_lazy("There is something to post into “%(name)s”."), "megaphone"),
    "task_due": (gettext_lazy("Still to be posted into “%(name)s” within a day."), "clock"),
    "silent_notice": (gettext_lazy("%(name)s has not heard of you for %(days)s days. How are you?"), "moon"),
    "silent_reminder": (
        gettext_lazy("%(name)s: after 60 quiet days your place rests. One tap keeps it."),
        "moon",
    ),
    "silent_rest": (
        gettext_lazy("Your place in %(name)s rests. Come back with one tap whenever you like."),
        "moon",
    ),
    "silent_left": (
        gettext_lazy("Your place in %(name)s went to somebody else. You can join again."),
        "moon",
    ),
    "mentioned": (gettext_lazy("Somebody mentions you: “%(text)s”"), "chat-circle-dots-fill"),
    "expert_named": (gettext_lazy("You are named as an expert in %(name)s: %(subject)s."), "seal-check-fill"),
    "expert_asked": (gettext_lazy("A question for you: “%(text)s”"), "question-fill"),
    "playbook_task": (gettext_lazy("To do in %(name)s: %(title)s"), "list-checks"),
    "playbook_waits": (gettext_lazy("Still to do in %(name)s: %(title)s"), "clock"),
    "outer_picture": (
        gettext_lazy("The join code of “%(name)s” ends within a day. Take a new picture of it."),
        "qr-code",
    ),
    "refund_arrived": (gettext_lazy("Your refund of ¥%(yuan)s has arrived."), "check-circle-fill"),
    "amount_differs": (
        gettext_lazy(
            "Your payment was not the amount that was asked: it is on its way back. Please pay again."
        ),
        "arrow-counter-clockwise",
    ),
    "fee_returned": (
        gettext_lazy("You are not in %(name)s: your ¥%(yuan)s for coming in are on their way back."),
        "arrow-counter-clockwise",
    ),
}
