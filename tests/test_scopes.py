"""The rights that stand in look-ahead statements are those of access/, for each model and everybody who asks."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from models.base import Row
from models.enums import ProgramState
from models.matches import Match
from models.programs import Program
from models.sign_ups import ShownSignUp
from models.users import User
from resolvers import access, loaders
from resolvers.reads import Fact, Wanted
from schema.node import NODES, key_of
from tests.community import Community, Pair, Person
from tests.documents import BLOCK_USER
from tests.scenes import prepared


@pytest.fixture
async def pair(community: Community) -> AsyncIterator[Pair]:
    """A pair that has written of everything, among others; and the mentee wants nothing to do with the admin."""
    await prepared(community)
    made = (await prepared(community)).pair
    await made.mentee.do(BLOCK_USER, input={"userId": made.admin.id})
    yield made


async def viewers(pair: Pair, *others: Person) -> list[access.Viewer | None]:
    """Everybody, some of them too young, and nobody."""
    found: list[access.Viewer | None] = [None]
    for person in (pair.mentor, pair.mentee, pair.admin, *others):
        user = await User.get(id=key_of(person.id, User, ()))
        found += [access.Viewer(user, uuid4(), is_adult) for is_adult in (True, False)]
    return found


@pytest.mark.parametrize("model", NODES.values(), ids=lambda model: model.__name__)
async def test_a_scope_in_a_statement_lets_see_what_the_scope_does(
    community: Community, pair: Pair, model: type[Row]
) -> None:
    everybody = await viewers(pair, await community.person("Eve"))
    rows = await model.all().values_list("id", flat=True)
    assert rows
    for viewer in everybody:
        visible = await access.visible(model, viewer).values_list("id", flat=True)
        assert set(await loaders.visible_rows(Wanted(model, {"id": ""}), viewer, rows)) == set(visible)


async def test_the_guard_of_a_space_reads_for_those_to_whom_it_shows(community: Community, pair: Pair) -> None:
    match_id = key_of(pair.id, Match, ())
    asked = Fact("opens", access.THE_TWO_ONLY.sql)
    for mentor_reads in (True, False):
        for mentee_reads in (True, False):
            await Match.filter(id=match_id).update(mentor_reads=mentor_reads, mentee_reads=mentee_reads)
            match = await Match.get(id=match_id)
            for viewer in await viewers(pair, await community.person("Eve")):
                (reads,) = await loaders.facts(Match, asked, viewer, [match_id])
                assert bool(reads) == access.THE_TWO_ONLY.holds(viewer, match, None)


async def test_those_who_agreed_are_shown_to_the_same_people_by_the_guard_and_by_the_scope(
    community: Community, pair: Pair
) -> None:
    program_id = key_of(pair.program, Program, ())
    (shown,) = await ShownSignUp.filter(program_id=program_id).values_list("id", flat=True)
    asked = Fact("may wish", access.MAY_WISH.sql)
    for state in ProgramState:
        for rolling in (True, False):
            await Program.filter(id=program_id).update(state=state, rolling=rolling)
            program = await Program.get(id=program_id)
            for viewer in await viewers(pair, await community.person("Eve")):
                (reads,) = await loaders.facts(Program, asked, viewer, [program_id])
                (role,) = await loaders.facts(Program, access.ROLE_IN_PROGRAM, viewer, [program_id])
                assert bool(reads) == access.MAY_WISH.holds(viewer, program, role)
                if viewer is not None and viewer.id != key_of(pair.mentor.id, User, ()):
                    assert bool(reads) == await access.visible(ShownSignUp, viewer).filter(id=shown).exists()
