"""What codes of communities are called on pages."""

from django.utils.translation import gettext_lazy, pgettext_lazy

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
    "membership_state",
    {
        "asked": gettext_lazy("Applied"),
        "queued": gettext_lazy("On the waiting list"),
        "active": gettext_lazy("Member of it"),
        "resting": gettext_lazy("Resting"),
        "left": gettext_lazy("Left"),
        "removed": gettext_lazy("Removed"),
        "refused": gettext_lazy("Declined"),
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

# The audit trail knows these acts only (core.audit).
declare(
    "act",
    {
        "community_founded": pgettext_lazy("act", "Founded a community"),
        "community_changed": pgettext_lazy("act", "Changed a community"),
        "community_closed": pgettext_lazy("act", "Closed a community"),
        "community_role": pgettext_lazy("act", "Gave a role in a community"),
        "host_named": pgettext_lazy("act", "Named the host"),
        "circle_opened": pgettext_lazy("act", "Opened a circle"),
        "circle_closed": pgettext_lazy("act", "Closed a circle"),
        "course_saved": pgettext_lazy("act", "Saved a course"),
        "expert_named": pgettext_lazy("act", "Named an expert"),
        "expert_ended": pgettext_lazy("act", "Ended an expert's term"),
        "post_hidden": pgettext_lazy("act", "Hid a post"),
        "post_shown": pgettext_lazy("act", "Showed a post again"),
        "comment_hidden": pgettext_lazy("act", "Hid a comment"),
        "comment_shown": pgettext_lazy("act", "Showed a comment again"),
        "sanction_hint": pgettext_lazy("act", "Gave a hint"),
        "sanction_pause": pgettext_lazy("act", "Paused a member's voice"),
        "sanction_rest": pgettext_lazy("act", "Rested a member's voice"),
        "sanction_leave": pgettext_lazy("act", "Ended a membership"),
        "appeal_lifted": pgettext_lazy("act", "Lifted a sanction on appeal"),
        "appeal_upheld": pgettext_lazy("act", "Upheld a sanction on appeal"),
        "register_group": pgettext_lazy("act", "Registered a group elsewhere"),
        "approve_group": pgettext_lazy("act", "Approved a group elsewhere"),
        "close_group": pgettext_lazy("act", "Closed a group elsewhere"),
        "count_group": pgettext_lazy("act", "Counted a group elsewhere"),
        "playbook_saved": pgettext_lazy("act", "Saved a playbook"),
        "playbook_begun": pgettext_lazy("act", "Began a playbook"),
        "playbook_stopped": pgettext_lazy("act", "Stopped a playbook"),
        "write_rule": pgettext_lazy("act", "Wrote a routing rule"),
        "drop_rule": pgettext_lazy("act", "Dropped a routing rule"),
        "template_taken": pgettext_lazy("act", "Took a part of the template"),
        "template_kept_apart": pgettext_lazy("act", "Kept a part apart from the template"),
        "words_added": pgettext_lazy("act", "Added watched words"),
        "word_dropped": pgettext_lazy("act", "Dropped a watched word"),
    },
)
