"""What notifications say, in the API and by e-mail: one table, a line a kind."""

from dataclasses import dataclass

from models.enums import NotificationKind


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one kind. It names nobody, quotes nobody, and names no program.

    `text` is what the API says, and an e-mail's first sentence; `subject` is the e-mail's, and is seen on a locked
    telephone; `when` goes on after "You get an e-mail when". `mailed`: whether those get it by e-mail who never chose.
    """

    text: str
    subject: str
    when: str
    mailed: bool = True


TEXTS: dict[NotificationKind, Words] = {
    NotificationKind.MATCHED: Words(
        "You have been matched. Say hello!", subject="You have been matched", when="you are matched with somebody"
    ),
    NotificationKind.INTRODUCTION_ACKNOWLEDGED: Words(
        "Your partner has read the introduction and looks forward to you.",
        subject="Your partner looks forward to you",
        when="your partner has read the introduction",
    ),
    NotificationKind.MATCH_ACTIVE: Words(
        "Your mentorship is under way.",
        subject="Your mentorship is under way",
        when="a mentorship of yours begins",
        mailed=False,
    ),
    NotificationKind.MATCH_ENDED: Words(
        "A match of yours has ended.", subject="A match of yours has ended", when="a match of yours ends"
    ),
    NotificationKind.MATCH_EXPIRED: Words(
        "A match of yours was not taken up in time and has ended.",
        subject="A match of yours was not taken up",
        when="a match of yours was not taken up in time",
    ),
    NotificationKind.STEP_WAITS: Words(
        "Your partner has done a step; it waits for you.",
        subject="A step waits for you",
        when="a step waits for you",
    ),
}
