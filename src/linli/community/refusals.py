"""Why communities may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.forbidden,
    {
        "join_first": gettext_lazy("Join this community first."),
        "leaders_write": gettext_lazy("Here the leaders tell of offers. You can comment and ask."),
        "not_about_leaders": gettext_lazy("Only the operator decides about a leader."),
        "own_words": gettext_lazy("Somebody else looks at what you wrote."),
        "removed_before": gettext_lazy("You were asked to leave this community. You can appeal."),
        "same_judge": gettext_lazy("Somebody else than who decided answers an appeal."),
        "writing_paused": gettext_lazy(
            "A leader has paused your writing here; you see until when on your membership."
        ),
    },
)

declare(
    Kind.missing,
    {
        "no_such_community": gettext_lazy("There is no such community (any more)."),
    },
)

declare(
    Kind.conflict,
    {
        "appealed_before": gettext_lazy("You have appealed already."),
        "circle_known": gettext_lazy("A circle of this name is open already."),
        "circle_over": gettext_lazy("This circle is closed."),
        "community_full": gettext_lazy("This community is full."),
        "last_leader": gettext_lazy("You lead this community alone. Hand it over first."),
        "playbook_begun": gettext_lazy("It has begun on this day already."),
        "post_changed": gettext_lazy("Its author has just changed it. Look once more."),
        "post_gone": gettext_lazy("This was taken down or taken back."),
        "reported_before": gettext_lazy("You have reported this already. Somebody will look at it."),
        "resting_until": gettext_lazy("Your rest is not over yet."),
    },
)

declare(
    Kind.rule,
    {
        "answer_all": gettext_lazy("Please answer every question."),
        "answer_needed": gettext_lazy("Please answer this community's question."),
        "bad_outer_group": gettext_lazy("The group cannot be as it is; look at the fields that are named."),
        "forbidden_words": gettext_lazy("It contains words that advertising can't use here."),
        "bad_community": gettext_lazy("The community cannot be as it is; look at the fields that are named."),
        "bad_days": gettext_lazy("Say for how many days, 1 to 90."),
        "bad_playbook": gettext_lazy("The playbook cannot be as it is; its line says why."),
        "capacity_below_members": gettext_lazy("There are more members already."),
        "circle_first": gettext_lazy("Join this circle first."),
        "circle_name": gettext_lazy("A circle's name has 1 to 12 characters, its sentence at most 60."),
        "community_capacity": gettext_lazy("A community has 2 to 100,000 members."),
        "community_intake": gettext_lazy("At least one newcomer a day."),
        "community_region": gettext_lazy("There is no such region."),
        "community_tags": gettext_lazy("At most six tags, of at most 12 characters each."),
        "course_begins_with_lesson": gettext_lazy(
            "A course begins with a lesson: a line that begins with #."
        ),
        "course_choices_needed": gettext_lazy("A question has at least two choices, one of them right (+)."),
        "course_code": gettext_lazy("A code has letters, digits and hyphens."),
        "course_lesson_needed": gettext_lazy("A course has at least one lesson: a line that begins with #."),
        "course_one_right": gettext_lazy("A question has one right choice."),
        "course_question_needed": gettext_lazy(
            "A course has at least one question: a line that begins with ?."
        ),
        "course_title": gettext_lazy("A title has 1 to 60 characters, its sentence at most 200."),
        "entry_fee_needed": gettext_lazy("A fee is ¥0.01 to ¥10,000."),
        "entry_purchase_needed": gettext_lazy("Say which product has to be bought, or goods of how much."),
        "entry_question_needed": gettext_lazy("Say which question newcomers answer."),
        "expert_hours": gettext_lazy(
            "An expert has a subject of 1 to 20 characters and hours of a day: at least one, from 0 to 24."
        ),
        "fee_needed": gettext_lazy("This community has an entry fee."),
        "goods_needed": gettext_lazy("Choose the goods that it is about."),
        "invitation_needed": gettext_lazy("This community is by invitation: the code is not right."),
        "lessons_first": gettext_lazy("Read all lessons first."),
        "no_such_expert": gettext_lazy("This expert cannot be asked here any more."),
        "no_such_lesson": gettext_lazy("There is no such lesson."),
        "not_leading": gettext_lazy("Newcomers are welcomed by somebody who leads there."),
        "outer_capacity": gettext_lazy(
            "A group has 2 members or more, and no more than its platform lets in."
        ),
        "outer_closed": gettext_lazy("This group is closed."),
        "outer_count": gettext_lazy("A group has 0 members up to its capacity."),
        "outer_url": gettext_lazy(
            "A link begins with https:// and the name of a site, and has at most 200 plain characters: no spaces, no quotes."
        ),
        "outer_waiting": gettext_lazy("Five of your groups wait for the operator. Wait for them first."),
        "own_answer": gettext_lazy("Accept somebody else's answer."),
        "picture_needed": gettext_lazy("To show something off takes a picture or a video."),
        "playbook_begins": gettext_lazy(
            "A playbook begins with a step: a line like +0 09:00 and what to do."
        ),
        "playbook_by_hand": gettext_lazy("This playbook cannot be begun by hand here."),
        "playbook_day": gettext_lazy(
            "This day cannot be: weekly steps have days 0 to 6, others 0 to 365; a beginning is today or later."
        ),
        "playbook_long": gettext_lazy("A playbook has at most 60 steps and 20,000 characters."),
        "playbook_step": gettext_lazy("A step is a line like +0 09:00 and what to do."),
        "playbook_title": gettext_lazy("What to do is said in 1 to 60 characters."),
        "playbook_words": gettext_lazy("The words of a step have at most 600 characters."),
        "purchase_needed": gettext_lazy("This community is for people who have bought: see its way in."),
        "quiz_tomorrow": gettext_lazy(
            "That was the last try of today. Read once more, and try again tomorrow."
        ),
        "reason_needed": gettext_lazy("Please give a reason; it will be read by whom it is about."),
        "too_many_cards": gettext_lazy("At most six goods in one post."),
        "too_many_circles": gettext_lazy("A community has at most 20 circles. Close one first."),
        "too_many_experts": gettext_lazy("A community has at most 12 experts."),
    },
)
