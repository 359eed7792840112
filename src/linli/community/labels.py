"""What codes of communities are called on pages."""

from django.utils.translation import gettext_lazy

from linli.core.labels import declare

declare(
    "community_type",
    {
        "benefit": gettext_lazy("Good offers"),
        "light": gettext_lazy("Share and ask"),
        "heavy": gettext_lazy("Members only"),
    },
)

declare(
    "community_hint",
    {
        "benefit": gettext_lazy("Leaders tell of good offers; everybody reads, comments and asks."),
        "light": gettext_lazy("Everybody shares and asks; anybody can read along."),
        "heavy": gettext_lazy("Talk among members; only they read it."),
    },
)

declare(
    "entry_kind",
    {
        "open": gettext_lazy("Open to everybody"),
        "question": gettext_lazy("Answer a question"),
        "invitation": gettext_lazy("By invitation"),
        "purchase": gettext_lazy("For people who have bought"),
        "fee": gettext_lazy("For a fee, once"),
    },
)

declare(
    "post_line",
    {
        "buying": gettext_lazy("Experience"),
        "selling": gettext_lazy("Selling skill"),
        "question": gettext_lazy("Question"),
        "show": gettext_lazy("Shown off"),
    },
)

declare(
    "community_role",
    {
        "leader": gettext_lazy("Leader"),
        "operator": gettext_lazy("Second-level operator"),
        "member": gettext_lazy("Member"),
    },
)

declare(
    "sanction_kind",
    {
        "hint": gettext_lazy("A hint"),
        "pause": gettext_lazy("Pause writing"),
        "rest": gettext_lazy("Rest"),
        "leave": gettext_lazy("Leave"),
    },
)

declare(
    "course_level",
    {
        "opening": gettext_lazy("Opening"),
        "middle": gettext_lazy("Middle"),
        "advanced": gettext_lazy("Advanced"),
    },
)

declare(
    "light",
    {
        "green": gettext_lazy("well"),
        "amber": gettext_lazy("needs care"),
        "red": gettext_lazy("in need"),
    },
)

declare(
    "template_part",
    {
        "intro": gettext_lazy("In one sentence"),
        "rules": gettext_lazy("Rules in plain words"),
        "tags": gettext_lazy("Tags"),
        "capacity": gettext_lazy("Members at most"),
        "daily_intake": gettext_lazy("Newcomers a day"),
        "entry": gettext_lazy("The way in"),
    },
)

declare(
    "advice",
    {
        "fine": gettext_lazy("It goes well. Ask those who talk most what they would like to lead."),
        "answer": gettext_lazy("Questions wait. Answer them yourself, or ask somebody by name who knows."),
        "stay": gettext_lazy("Newcomers do not come back. Greet each on the first day, by name."),
        "talk": gettext_lazy("Few talk. Ask one member a day how they use what they bought."),
        "even": gettext_lazy("A few do all the talking. Give the floor to somebody else this week."),
    },
)

declare(
    "identity",
    {
        "owner": gettext_lazy("Owners"),
        "buyer": gettext_lazy("Who has bought"),
        "newcomer": gettext_lazy("Who has not bought yet"),
    },
)

declare(
    "fit",
    {
        "region": gettext_lazy("your region"),
        "occupation": gettext_lazy("what you do"),
        "interest": gettext_lazy("what you like"),
        "identity": gettext_lazy("how you shop"),
    },
)

declare(
    "platform",
    {
        "wechat": gettext_lazy("WeChat group"),
        "wecom": gettext_lazy("WeCom group"),
        "qq": gettext_lazy("QQ group"),
        "other": gettext_lazy("Other group"),
    },
)

declare(
    "ring",
    {
        "outer": gettext_lazy("Outer ring: groups elsewhere"),
        "middle": gettext_lazy("Middle ring: service accounts of regions"),
        "inner": gettext_lazy("Inner ring: this app"),
    },
)

declare(
    "trigger",
    {
        "founding": gettext_lazy("A community is founded"),
        "newcomers": gettext_lazy("Newcomers have come in"),
        "weekly": gettext_lazy("Every week, from Monday"),
        "by_hand": gettext_lazy("Begun by hand"),
    },
)
