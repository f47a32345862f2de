"""What clients read of the values of enums: those of notifications."""

from models import enums
from schema.enums.describing import describe

describe(
    enums.NotificationKind,
    "What a notification is about.",
    {
        "MATCHED": "One has been paired with somebody.",
        "INTRODUCTION_WAITS": "One has not acknowledged the introduction for a week.",
        "INTRODUCTION_ACKNOWLEDGED": "The partner has read the introduction and waits for one to do so.",
        "MATCH_ACTIVE": "The match has become ACTIVE.",
        "MATCH_ENDED": "The match has ended.",
        "MATCH_EXPIRED": "The match was not taken up in time.",
        "STEP_WAITS": "The partner has done a step that both complete.",
        "PLACE_FREED": "For admins: a mentor has a free place in the program while somebody waits for one.",
        "SIGN_UP_CLOSED": "For admins: the program's last day for sign-up is over, and it is MATCHING.",
        "NOBODY_TO_PAIR": "For admins: the program's last day for sign-up is over, and nobody can be paired.",
        "STEP_OPENED": "A week of the match has begun, and a step of it is open.",
        "STEPS_FINISHED": "All steps of the match are done or skipped.",
        "COMPLETION_PROPOSED": "The partner has said that the mentorship is complete.",
        "MATCH_COMPLETED": "Both have said so, and the match is COMPLETED.",
        "CHECK_IN_DUE": "It is the day and hour of one's weekly check-in.",
        "NUDGE_7": "The two have not been in touch for a week.",
        "NUDGE_14": "The two have not been in touch for two weeks.",
        "NUDGE_21": "The two have not been in touch for three weeks.",
        "SILENT_28": "The two have not been in touch for four weeks; `PairSpace.offers` says what they are offered.",
        "MATCH_PAUSED": "The partner has paused the match.",
        "MATCH_RESUMED": "The match is ACTIVE again after a pause.",
        "HELP_WELCOME": "For admins: a pair of a program would welcome help.",
        "REPORT_WAITS": "For reviewers: a report waits for them.",
        "REPORT_DECIDED": "A report of one's own was decided.",
        "WARNED": "A reviewer has asked one to keep it kind and safe.",
        "BAN_LIFTED": "One may join a group again from which one was banned.",
        "ELIGIBILITY_RESTORED": "For admins: the group may run mentorship programs again.",
        "ACCOUNT_RESTORED": "One's account was suspended, and is not any more.",
        "EXPORT_READY": "The copy of one's own data that one asked for can be fetched.",
        "WORDS_REMOVED_SOON": "What the two wrote in a match that ended long ago is removed in a month.",
    },
)
