"""What goes wrong in one answer stays there: others who wait for the same rows get theirs."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from resolvers import loaders
from schema.compiled.run import COMPILED
from schema.schema import schema
from tests.community import Community
from tests.documents import CREATE_POST, MATCH_ACTIVITY

TROUBLED = """
subscription($matchId: ID!) { matchActivity(matchId: $matchId) { __typename actor { name }
  ... on PostAdded { post { author { name } reactions { emoji } comments { edges { cursor } } } } } }
"""
"""The author is who acted: both wait for one row. Reactions keep all of it from being read in one statement."""


async def test_toms_answer_breaks_while_it_waits_and_maya_hears_all_the_same(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People are read slowly, and comments cannot be read: what waits for people in Tom's answer is given up."""
    pair = await community.pair()
    rows_by_id = loaders.rows_by_id

    async def slowly(*given: Any) -> Sequence[Any]:
        await asyncio.sleep(0.05)
        return await rows_by_id(*given)

    async def broken(*_: Any) -> Sequence[Any]:
        await asyncio.sleep(0.01)
        raise ValueError("no comments today")

    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentee.hears(TROUBLED, matchId=pair.id) as tom,
    ):
        await asyncio.gather(maya.silence(0.2), tom.silence(0.2))
        monkeypatch.setattr(loaders, "rows_by_id", slowly)
        monkeypatch.setattr(loaders, "related", broken)
        for body in ("Hello", "Are you there?"):
            await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": body})
        heard = [await maya.next() for _ in range(3)]
        assert [each["__typename"] for each in heard] == ["MatchChanged", "PostAdded", "PostAdded"]
        assert (await tom.next())["__typename"] == "MatchChanged"
        assert (await tom.refusal())["extensions"]["code"] == "INTERNAL"


CONDITIONS = {
    "at the root": "query($x: Boolean = true) { programTemplates @include(if: $x) { key } }",
    "beneath an object": "query($x: Boolean = true) { viewer { email @skip(if: $x) user { name } } }",
    "beneath a list": "query($x: Boolean = true) { programTemplates { key @include(if: $x) } }",
    "in a fragment": "query($x: Boolean = true) { viewer { user { ...F } } } fragment F on User { id @skip(if: $x) }",
}


@pytest.mark.parametrize("document", CONDITIONS.values(), ids=list(CONDITIONS))
async def test_a_condition_that_is_null_is_explained_whether_the_document_is_compiled_or_not(
    community: Community, document: str
) -> None:
    """A variable with a default may be null, and a condition may not: that is for its sender to know, and no bug."""
    maya = await community.person("Maya")
    compiled = schema.tally[COMPILED]
    answers = [await maya.ask(document, x=None)]
    for _ in range(2):
        assert "errors" not in await maya.ask(document, x=True)
    assert schema.tally[COMPILED] > compiled, "there is a plan for it"
    answers += [await maya.ask(document, x=None) for _ in range(2)]
    assert answers[0] == answers[1] == answers[2]
    (error,) = answers[0]["errors"]
    code = "BAD_USER_INPUT" if "path" in error else "GRAPHQL_VALIDATION_FAILED"
    assert error["extensions"] == {"code": code}
    assert "'$x' provided to non-null type 'Boolean!' not to be None" in error["message"]
