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
    NotificationKind.INTRODUCTION_WAITS: Words(
        "Your introduction is still waiting for you. Have a look, and say hello!",
        subject="Your introduction waits for you",
        when="your introduction has waited for a week",
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
        "A match of yours has ended. If your sign-up waits again, leave it in the queue or withdraw it, as you like.",
        subject="A match of yours has ended",
        when="a match of yours ends",
    ),
    NotificationKind.MATCH_EXPIRED: Words(
        "A match of yours was not taken up in time and has ended. If your sign-up waits again, leave it in the queue "
        "or withdraw it, as you like.",
        subject="A match of yours was not taken up",
        when="a match of yours was not taken up in time",
    ),
    NotificationKind.STEP_WAITS: Words(
        "Your partner has done a step; it waits for you.",
        subject="A step waits for you",
        when="a step waits for you",
    ),
    NotificationKind.PLACE_FREED: Words(
        "A mentor has a free place, and somebody waits for one. Have a look whom to pair.",
        subject="A mentor has a free place",
        when="a mentor of your group's program has a free place",
    ),
    NotificationKind.SIGN_UP_CLOSED: Words(
        "Sign-up for a program has closed. It is time to pair people.",
        subject="Sign-up has closed",
        when="sign-up for a program of your group closes",
    ),
    NotificationKind.NOBODY_TO_PAIR: Words(
        "Sign-up for a program has closed, and there are no two people to pair yet. Set a later last day if you like.",
        subject="Sign-up has closed",
        when="sign-up for a program of your group closes with nobody to pair",
    ),
    NotificationKind.STEP_OPENED: Words(
        "A new week, a new step: have a look at what comes next.",
        subject="A new step is open",
        when="a new step opens",
        mailed=False,
    ),
    NotificationKind.STEPS_FINISHED: Words(
        "You are through all your steps. If you both feel done, say so; or simply go on.",
        subject="You are through all your steps",
        when="all steps of a mentorship of yours are done",
    ),
    NotificationKind.COMPLETION_PROPOSED: Words(
        "Your partner feels that your mentorship is complete. Do you agree?",
        subject="Your partner has a question for you",
        when="your partner says that your mentorship is complete",
    ),
    NotificationKind.MATCH_COMPLETED: Words(
        "Your mentorship is complete. A farewell is there for you to read.",
        subject="Your mentorship is complete",
        when="a mentorship of yours is completed",
    ),
    NotificationKind.CHECK_IN_DUE: Words(
        "It is time for your weekly check-in: how was your week, and what comes next?",
        subject="Time for your weekly check-in",
        when="your weekly check-in is due",
    ),
    NotificationKind.NUDGE_7: Words(
        "It has been quiet between you two for a week. One line about it picks it up again.",
        subject="A quiet week",
        when="it has been quiet between you and your partner for a week",
    ),
    NotificationKind.NUDGE_14: Words(
        "Two quiet weeks happen to every pair. Propose a day for a call, or ask one question.",
        subject="Two quiet weeks",
        when="it has been quiet between you and your partner for two weeks",
    ),
    NotificationKind.NUDGE_21: Words(
        "Three quiet weeks. If life is full, one line says so, and a pause keeps your place.",
        subject="Three quiet weeks",
        when="it has been quiet between you and your partner for three weeks",
    ),
    NotificationKind.SILENT_28: Words(
        "Four quiet weeks. A pause, another match or a good end: it is yours to choose. "
        "Nothing ends by itself, and a line to your partner takes you right back.",
        subject="Four quiet weeks, and what you may choose",
        when="it has been quiet between you and your partner for four weeks",
    ),
    NotificationKind.MATCH_PAUSED: Words(
        "Your partner is taking a break from your mentorship. You can still write.",
        subject="Your partner is taking a break",
        when="your partner takes a break",
    ),
    NotificationKind.MATCH_RESUMED: Words(
        "Your mentorship goes on after the break. Say hello again!",
        subject="Your mentorship goes on",
        when="a mentorship of yours goes on after a break",
    ),
    NotificationKind.HELP_WELCOME: Words(
        "A pair in a program of yours would welcome a hand.",
        subject="A pair would welcome a hand",
        when="a pair in a program of yours would welcome a hand",
    ),
    NotificationKind.REPORT_WAITS: Words(
        "A report waits for you. Somebody hopes that you have a look soon.",
        subject="A report waits for you",
        when="a report waits for you to look at it",
    ),
    NotificationKind.REPORT_DECIDED: Words(
        "Your report has been looked at. Thank you for telling us.",
        subject="Your report has been looked at",
        when="a report of yours has been looked at",
    ),
    NotificationKind.WARNED: Words(
        "Something that you wrote or did is not all right here. Please keep it kind and safe for everybody.",
        subject="A word from those who look after Mentorship",
        when="those who look after Mentorship have something to tell you",
    ),
    NotificationKind.BAN_LIFTED: Words(
        "A group that you could not join any more is open to you again.",
        subject="A group is open to you again",
        when="you may join a group again that you were banned from",
    ),
    NotificationKind.ELIGIBILITY_RESTORED: Words(
        "A group of yours may run mentorship programs again.",
        subject="Your group may run programs again",
        when="a group of yours may run mentorship programs again",
    ),
    NotificationKind.ACCOUNT_RESTORED: Words(
        "Your account is open to you again. Good to have you back.",
        subject="Your account is open to you again",
        when="your account is open to you again after it was suspended",
    ),
    NotificationKind.EXPORT_READY: Words(
        "The copy of your data is ready. Fetch it within a week.",
        subject="The copy of your data is ready",
        when="the copy of your data that you asked for is ready",
    ),
    NotificationKind.WORDS_REMOVED_SOON: Words(
        "What the two of you wrote in a mentorship that has ended will be removed in a month. To keep your own words, "
        "ask for a copy of your data.",
        subject="An old mentorship's words will be removed",
        when="the words of an old mentorship of yours are about to be removed",
    ),
}
