"""What admins see of the proposals for a program, and what people answered when they signed up."""

from typing import Any

from tests.community import Community, Person
from tests.rounds import Round, key

SUGGESTED = """
query($id: ID!, $first: Int, $objective: MatchObjective) { program(id: $id) { admin {
  suggestedMatches(first: $first, objective: $objective) { score viewerCanMake reasons { code weight text }
    mentorSignUp { id user { name } } menteeSignUp { id user { name } } }
  unmatched { reasons codes signUp { id waitingPosition user { name } } }
  suggestionScope { mentorsWaiting menteesWaiting mentorsConsidered menteesConsidered }
} } }
"""
WAITING = "query($id: ID!) { node(id: $id) { ... on SignUp { waitingPosition waitingReason } } }"


async def proposed(admin: Person, program: str, **given: Any) -> Any:
    """The admin's view of the program's proposal."""
    return (await admin.do(SUGGESTED, id=program, **given))["admin"]


def pairs_of(proposal: Any) -> list[tuple[str, str]]:
    """The suggested pairs, as the ids of the two sign-ups."""
    return [(each["mentorSignUp"]["id"], each["menteeSignUp"]["id"]) for each in proposal["suggestedMatches"]]


def left_of(proposal: Any) -> dict[str, str]:
    """Why each sign-up is left over, by its id; one code each."""
    return {each["signUp"]["id"]: ", ".join(each["codes"]) for each in proposal["unmatched"]}


async def answers(community: Community, sign_up_id: str, **columns: Any) -> None:
    """What somebody answered, as it is kept."""
    changes = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, 2))
    await community.database.execute(f"UPDATE sign_ups SET {changes} WHERE id = $1", key(sign_up_id), *columns.values())


def input_of(here: Round, pairs: list[tuple[str, str]], **changes: Any) -> dict[str, Any]:
    """A CreateMatchesInput."""
    named = [{"mentorSignUpId": mentor, "menteeSignUpId": mentee} for mentor, mentee in pairs]
    return {"programId": here.program, "pairs": named} | changes
