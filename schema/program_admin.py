"""What the admins of a program's group see of it: who signed up, the pairs, and counts."""

from typing import Annotated, Any

import strawberry

from models.enums import MatchState, SignUpRole, SignUpState
from models.matches import Match as MatchRow
from models.sign_ups import SignUp as SignUpRow
from pubsub.streams import program_stream
from resolvers import programs
from resolvers.pages import Children
from schema.connections import Connection
from schema.insights import ProgramInsight, insight_of_a_program
from schema.matches import Match
from schema.reads import computed, page
from schema.sign_ups import SignUp
from schema.suggestions import Proposing

SIGN_UPS = Children(SignUpRow, "program_id", where="role = ANY($2::text[]) AND state = ANY($3::text[])")
MATCHES = Children(MatchRow, "program_id", programs.NEWEST_FIRST, "state = ANY($2::text[])")

Role = Annotated[SignUpRole | None, strawberry.argument(description="Only sign-ups for this role; both when left out.")]
SignUpStates = Annotated[
    list[SignUpState] | None,
    strawberry.argument(description="Only sign-ups in one of these states; all when left out."),
]
MatchStates = Annotated[
    list[MatchState] | None, strawberry.argument(description="Only matches in one of these states; all when left out.")
]


def chosen_sign_ups(role: Role = None, state: SignUpStates = None) -> tuple[Any, ...]:
    """The program's sign-ups for this role and in these states, or for and in any."""
    return SIGN_UPS, list(SignUpRole) if role is None else [role], list(SignUpState if state is None else state)


def chosen_matches(state: MatchStates = None) -> tuple[Any, ...]:
    """The program's matches in these states, or in any."""
    return MATCHES, list(MatchState if state is None else state)


@strawberry.type(description="What only the admins of a program's group see of it.")
class ProgramAdmin(Proposing):
    sign_ups: Connection[SignUp] = page(
        SIGN_UPS, chosen_sign_ups, description="Who signed up, in the order in which they did."
    )
    matches: Connection[Match] = page(
        MATCHES,
        chosen_matches,
        description="The pairs, newest first: people, state and dates. What they write is theirs alone.",
    )
    own_topics: list[str] = computed(
        lambda _, __, topics: topics,
        fact=programs.TOPICS_OF_THEIR_OWN,
        description="Topics of open sign-ups that are not on the group's list, those that most people named first, at "
        "most 50: `setGroupTopics` adds them.",
    )
    insight: ProgramInsight | None = insight_of_a_program()
    activity_cursor: str = computed(
        lambda program: program_stream(program.id).cursor(program.activity_head),
        "id",
        "activity_head",
        description="Where the program's stream stands: `programActivity(after:)` goes on from here.",
    )
