"""What a pair reads when both have said that their mentorship is complete."""

from collections import Counter
from datetime import datetime
from typing import Any

from models.enums import StepState
from models.matches import Match, StepProgress, week_of
from models.programs import Program
from models.sign_ups import SignUp
from models.users import User
from resolvers.introductions import plain, quoted


async def farewell(match: Match, now: datetime) -> str:
    """The pair's farewell in Markdown: what they set out for, how far they came, and what stays."""
    people = await User.filter(id__in=match.pair).in_bulk(match.pair, "id")
    program = await Program.get(id=match.program_id)
    seeks = await SignUp.get(id=match.mentee_sign_up_id)
    steps: list[Any] = await StepProgress.filter(match_id=match.id).values_list("state", flat=True)
    mentor, mentee = plain(people[match.mentor_id].name), plain(people[match.mentee_id].name)
    return "\n\n".join(
        (
            f"{mentor} and {mentee}, you have both said it: your mentorship in “{plain(program.title)}” is complete. "
            f"{_came_so_far(week_of(match, now), Counter(steps))}",
            f"This is what **{mentee}** hoped for at the beginning:\n\n{quoted(seeks.goals)}",
            "Read it once more, each of you. What of it has come true? What came instead? If you have not told each "
            "other yet what you take with you, there is still time to do it somewhere else: a card, a call, a walk.",
            "Everything that you wrote here stays for the two of you to read, and for nobody else. If one of you would "
            "like to go on, or to be there for somebody else next time, sign up again whenever you like.",
            "Well done, both of you.",
        )
    )


def _came_so_far(weeks: int, states: Counter[StepState]) -> str:
    time = "It took you a week" if weeks == 1 else f"It took you {weeks} weeks"
    if not (done := states[StepState.DONE]):
        return f"{time}."
    steps = "one step" if done == 1 else f"{done} steps"
    return f"{time}, and you did {steps} together."
