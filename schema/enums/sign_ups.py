"""What clients read of the values of enums: those of sign ups."""

from models import enums
from schema.enums.describing import describe

describe(
    enums.SignUpRole,
    "The side of a pair.",
    {"MENTOR": "Shares experience and time.", "MENTEE": "Looks for somebody who has been there."},
)
describe(
    enums.SignUpState,
    "Where a sign-up stands.",
    {
        "WAITING": "Has a free place and waits for a match.",
        "MATCHED": "All its places are taken.",
        "WITHDRAWN": "Taken back by the person.",
        "DECLINED": "Declined by an admin.",
        "EXPIRED": "The program ended before a match was made, or after it ended.",
    },
)
describe(
    enums.Availability,
    "When in a week somebody has time, by the clock of where the person is.",
    {
        f"{days}_{times}": f"{day} between {span}."
        for days, day in (("WEEKDAY", "Monday to Friday"), ("WEEKEND", "Saturday and Sunday"))
        for times, span in (
            ("MORNINGS", "8:00 and 12:00"),
            ("AFTERNOONS", "12:00 and 17:00"),
            ("EVENINGS", "17:00 and 22:00"),
        )
    },
)
describe(
    enums.MatchObjective,
    "What the suggested pairs of a program, all together, are to be the best at.",
    {
        "BEST_SCORE": "The greatest score in all.",
        "MOST_PEOPLE": "The most people who get somebody, and then the greatest score.",
    },
)
describe(
    enums.LeftOver,
    "Why somebody who waits is in no suggested pair: the first that is true, of the person, then of the others.",
    {
        "NOT_AVAILABLE": "The person cannot be paired now.",
        "PAUSED": "The person asked for nobody before a day to come.",
        "NO_FREE_PLACE": "The person has all the matches already that he or she takes.",
        "NOBODY_THERE": "Nobody has signed up on the other side.",
        "NO_SHARED_TOPIC": "Nobody on the other side names one of the topics.",
        "NO_COMMON_LANGUAGE": "Nobody of those speaks one of the languages.",
        "NO_COMMON_HOURS": "Nobody of those has time when the person has.",
        "ALL_TAKEN": "Those who would fit have no place left.",
        "NOBODY_AVAILABLE": "Those who would fit are not available.",
        "OTHERS_FIT_BETTER": "Those who would fit are proposed to others.",
        "NOT_CONSIDERED": "So many wait that only those before were considered.",
        "PAIRS_NOBODY_NOW": "The program pairs nobody now.",
    },
)
