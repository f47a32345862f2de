"""Sign-ups whose people are shown, and what they say only for themselves."""

from typing import Any

from tests.community import Person
from tests.documents import (
    UPDATE_SIGN_UP,
)
from tests.rounds import Round

PRIVATE = "private { isShown avoidUserIds wishes { id user { id name } } }"


MINE = f"{{ viewer {{ signUps {{ edges {{ node {{ id {PRIVATE} }} }} }} }} }}"


OF = f"query($id: ID!) {{ node(id: $id) {{ id ... on SignUp {{ {PRIVATE} }} }} }}"


async def update(person: Person, sign_up_id: str, **changes: Any) -> dict[str, Any]:
    return (await person.do(UPDATE_SIGN_UP, input={"signUpId": sign_up_id} | changes))["signUp"]


async def all_shown(here: Round) -> None:
    """Everybody agrees to be shown."""
    for person, sign_up_id in (*here.mentors, *here.mentees):
        await update(person, sign_up_id, isShown=True)
