"""What campaigns tell members in their inbox: the sentence and the icon of each code."""

from django.utils.translation import gettext_lazy

from linli.channels.notifications import declare

declare(
    {
        "group_full": (gettext_lazy("Your group is full: “%(title)s” will be shipped."), "users-three-fill"),
        "group_failed": (
            gettext_lazy("Your group for “%(title)s” did not fill. Your money is on its way back."),
            "arrow-counter-clockwise",
        ),
        "duel_over": (gettext_lazy("Your quiz duel is over. Look who won."), "seal-question"),
        "gift_taken": (gettext_lazy("Your gift was taken: “%(title)s”."), "gift-fill"),
        "gift_back": (
            gettext_lazy(
                "Nobody took all of your gift “%(title)s”. The money for the rest is on its way back."
            ),
            "arrow-counter-clockwise",
        ),
        "coupon_issued": (gettext_lazy("A coupon for you: %(name)s."), "ticket-fill"),
        "coupon_grew": (gettext_lazy("A friend helped: your coupon is worth ¥%(yuan)s now."), "ticket-fill"),
        "coupon_taken": (gettext_lazy("Your gift was taken: %(name)s."), "gift-fill"),
        "coupon_ends": (gettext_lazy("Your coupon %(name)s ends within two days."), "clock"),
        "campaign_begins": (gettext_lazy("It has begun: “%(title)s”."), "bell-ringing-fill"),
        "tipped": (gettext_lazy("Somebody tipped you for “%(text)s”."), "gift-fill"),
        "packet_back": (
            gettext_lazy("%(points)s points that nobody took from your red packet are yours again."),
            "gift-fill",
        ),
    }
)
