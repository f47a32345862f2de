"""Programs in which people wait to be paired, for the stories that begin there."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.sign_ups import ShownSignUp
from resolvers.reads import bare
from schema.node import global_id, parse_id
from tests.community import Community, Person
from tests.documents import JOIN_GROUP

SIGN_UP_OF = "query($id: ID!) { node(id: $id) { ... on SignUp { state openMatches } } }"


@dataclass
class Round:
    """A program that pairs people now: its admin, and who waits in it with which sign-up."""

    admin: Person
    group: str
    program: str
    mentors: list[tuple[Person, str]]
    mentees: list[tuple[Person, str]]

    def pair(self, mentor: int = 0, mentee: int = 0, **changes: Any) -> dict[str, Any]:
        """A CreateMatchInput for the mentor and the mentee of these numbers."""
        return {"mentorSignUpId": self.mentors[mentor][1], "menteeSignUpId": self.mentees[mentee][1]} | changes


def key(global_id_: str) -> UUID:
    """The database's key of a global id."""
    parsed = parse_id(global_id_)
    assert parsed is not None
    return parsed[1]


def shown_as(sign_up_id: str) -> str:
    """The id under which other members find this sign-up, if its person agreed to be shown."""
    return str(global_id(bare(ShownSignUp, key(sign_up_id))))


async def waiting(community: Community, mentors: int = 1, mentees: int = 1, *, capacity: int = 1) -> Round:
    """A new group and program where so many mentors and mentees wait to be paired."""
    number = mentors + mentees
    admin, *people = await asyncio.gather(*(community.person(f"Person{each}") for each in range(number + 1)))
    group_id = await community.group(admin)
    await asyncio.gather(*(person.do(JOIN_GROUP, input={"groupId": group_id}) for person in people))
    return await another_round(community, admin, group_id, people[:mentors], people[mentors:], capacity=capacity)


async def another_round(
    community: Community, admin: Person, group_id: str, mentors: list[Person], mentees: list[Person], *, capacity: int
) -> Round:
    """A new program in a group, where its members wait to be paired."""
    program_id = await community.program(admin, group_id)
    offers = [community.sign_up(mentor, program_id, "MENTOR", capacity=capacity) for mentor in mentors]
    seeks = [community.sign_up(mentee, program_id, "MENTEE") for mentee in mentees]
    # Mentors first: rows are locked by id, and races tell which of two comes first.
    ids = [*await asyncio.gather(*offers), *await asyncio.gather(*seeks)]
    await community.advance(admin, program_id, "MATCHING")
    split = len(mentors)
    pairs = list(zip(mentors, ids[:split], strict=True)), list(zip(mentees, ids[split:], strict=True))
    return Round(admin, group_id, program_id, *pairs)
