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


_PEOPLE = """
WITH born AS (
    INSERT INTO users (
        id, email, password_hash, name, birth_date, time_zone, locale, is_moderator, created_at, activity_head,
        activity_floor
    ) SELECT gen_random_uuid(), gen_random_uuid() || '@example.org', '', 'Person' || number, '1988-05-17', 'UTC', 'en',
        false, $2, 0, 0 FROM generate_series(1, $3::int) AS number RETURNING id
), joined AS (
    INSERT INTO memberships (id, group_id, user_id, role, joined_at)
    SELECT gen_random_uuid(), (SELECT group_id FROM programs WHERE id = $1), id, 'MEMBER', $2 FROM born
)
INSERT INTO sign_ups (
    id, program_id, user_id, role, state, topics, goals, languages, time_zone, capacity, open_matches, waiting_since,
    created_at
) SELECT gen_random_uuid(), $1, id, $4, 'WAITING', ARRAY['pricing'], 'To sell soap.', ARRAY['en'], 'UTC', 1, 0, $2, $2
FROM born
"""


async def crowd(community: Community, here: Round, role: str, number: int) -> None:
    """So many more who wait in the program, without the trouble of registering each."""
    await community.database.execute(_PEOPLE, key(here.program), community.served.clock.now, number, role)
