"""What people sign up as, where a sign-up stands, and how those who wait are matched."""

from enum import StrEnum


class SignUpRole(StrEnum):
    """The side of a pair that a person signs up for."""

    MENTOR = "MENTOR"
    MENTEE = "MENTEE"


class SignUpState(StrEnum):
    """Where a sign-up stands; MATCHED means that all its places are taken."""

    WAITING = "WAITING"
    MATCHED = "MATCHED"
    WITHDRAWN = "WITHDRAWN"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"


class Availability(StrEnum):
    """When in a week a person has time, by the clock of where he is."""

    WEEKDAY_MORNINGS = "WEEKDAY_MORNINGS"
    WEEKDAY_AFTERNOONS = "WEEKDAY_AFTERNOONS"
    WEEKDAY_EVENINGS = "WEEKDAY_EVENINGS"
    WEEKEND_MORNINGS = "WEEKEND_MORNINGS"
    WEEKEND_AFTERNOONS = "WEEKEND_AFTERNOONS"
    WEEKEND_EVENINGS = "WEEKEND_EVENINGS"


OPEN_SIGN_UP = (SignUpState.WAITING, SignUpState.MATCHED)


class MatchObjective(StrEnum):
    """What the proposal for a whole program is to be the best at."""

    BEST_SCORE = "BEST_SCORE"
    MOST_PEOPLE = "MOST_PEOPLE"


class LeftOver(StrEnum):
    """Why somebody who waits is with nobody in a proposal; the first that is true, of himself before others."""

    NOT_AVAILABLE = "NOT_AVAILABLE"
    PAUSED = "PAUSED"
    NO_FREE_PLACE = "NO_FREE_PLACE"
    NOBODY_THERE = "NOBODY_THERE"
    NO_SHARED_TOPIC = "NO_SHARED_TOPIC"
    NO_COMMON_LANGUAGE = "NO_COMMON_LANGUAGE"
    NO_COMMON_HOURS = "NO_COMMON_HOURS"
    ALL_TAKEN = "ALL_TAKEN"
    NOBODY_AVAILABLE = "NOBODY_AVAILABLE"
    OTHERS_FIT_BETTER = "OTHERS_FIT_BETTER"
    NOT_CONSIDERED = "NOT_CONSIDERED"
    PAIRS_NOBODY_NOW = "PAIRS_NOBODY_NOW"
