"""What communities tell members in their inbox: the sentence and the icon of each code."""

from django.utils.translation import gettext_lazy

from linli.channels.notifications import declare

declare(
    {
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
        "answer_accepted": (gettext_lazy("Your answer to “%(text)s” helped."), "check-circle-fill"),
        "post_shown": (gettext_lazy("“%(text)s” is shown."), "check-circle-fill"),
        "post_hidden": (gettext_lazy("“%(text)s” was taken down: %(why)s"), "eye-slash"),
        "sanction_hint": (gettext_lazy("A hint from %(name)s: %(why)s"), "warning-circle-fill"),
        "sanction_pause": (
            gettext_lazy("Your writing in %(name)s is paused: %(why)s"),
            "warning-circle-fill",
        ),
        "sanction_rest": (gettext_lazy("You rest from %(name)s for a while: %(why)s"), "warning-circle-fill"),
        "sanction_leave": (gettext_lazy("You were asked to leave %(name)s: %(why)s"), "warning-circle-fill"),
        "appeal_lifted": (gettext_lazy("Your appeal in %(name)s was right: %(why)s"), "check-circle-fill"),
        "appeal_upheld": (
            gettext_lazy("Your appeal in %(name)s was looked at: %(why)s"),
            "warning-circle-fill",
        ),
        "task_issued": (gettext_lazy("There is something to post into “%(name)s”."), "megaphone"),
        "task_due": (gettext_lazy("Still to be posted into “%(name)s” within a day."), "clock"),
        "silent_notice": (
            gettext_lazy("%(name)s has not heard of you for %(days)s days. How are you?"),
            "moon",
        ),
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
        "expert_named": (
            gettext_lazy("You are named as an expert in %(name)s: %(subject)s."),
            "seal-check-fill",
        ),
        "expert_asked": (gettext_lazy("A question for you: “%(text)s”"), "question-fill"),
        "playbook_task": (gettext_lazy("To do in %(name)s: %(title)s"), "list-checks"),
        "playbook_waits": (gettext_lazy("Still to do in %(name)s: %(title)s"), "clock"),
        "outer_picture": (
            gettext_lazy("The join code of “%(name)s” ends within a day. Take a new picture of it."),
            "qr-code",
        ),
    }
)
