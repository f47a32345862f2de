"""Every mutation, given what nobody sends in good faith, by everybody: nothing fails, leaks, or is written by half."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from tests.community import Community, Pair, Person
from tests.documents import CREATE_COMMENT, CREATE_POST, SEND_MESSAGE
from tests.hostile_arguments import Hostile, document, mutations
from tests.invariants import invariants
from tests.our_documents import values
from tests.scenes import Scene, prepared
from tests.servers import Databases, served_here, settings_for

CASES = 6
"""Of each mutation for each role."""

CANARY = "canary-7f3a"


@dataclass
class Figures:
    """What was tried and how it ended."""

    mutations: int = 0
    cases: int = 0
    done: int = 0
    codes: Counter[str] = field(default_factory=Counter)


async def fingerprint(community: Community) -> str:
    """`Community.everything` in one statement, without the attempts at an account, which are counted also when they
    fail: it is asked after every case."""
    which = "schemaname = 'public' AND tablename <> 'attempts'"
    tables = await community.database.fetch(f"SELECT tablename FROM pg_tables WHERE {which}")
    each = [f"(SELECT md5(string_agg(row::text, '|' ORDER BY row::text)) FROM {name} AS row)" for (name,) in tables]
    return str(await community.database.fetchval(f"SELECT concat_ws(',', {', '.join(each)})"))


async def others(community: Community, pair: Pair) -> dict[str, str]:
    """A second pair's ids, and words of theirs that nobody else may ever read."""
    given = {"matchId": pair.id, "body": f"{CANARY} post"}
    post = (await pair.mentor.do(CREATE_POST, input=given))["post"]["id"]
    comment = await pair.mentee.do(CREATE_COMMENT, input={"postId": post, "body": f"{CANARY} comment"})
    message = await pair.mentee.do(SEND_MESSAGE, input={"matchId": pair.id, "body": f"{CANARY} message"})
    return {
        "Match": pair.id,
        "Post": post,
        "Comment": comment["comment"]["id"],
        "Message": message["message"]["id"],
        "Group": pair.group,
        "Program": pair.program,
        "User": pair.mentee.id,
        "SignUp": pair.sign_ups["MENTEE"],
    }


async def tried(person: Person, text: str, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The answer, as text and read. Lone surrogates are sent as JSON's escapes, as JavaScript writes them."""
    headers = {"content-type": "application/json"} | (
        {"authorization": f"Bearer {person.token}"} if person.token else {}
    )
    body = json.dumps({"query": text, "variables": given})
    answer = await person.http.post(f"{person.served.url}/graphql", content=body, headers=headers)
    return answer.text, answer.json()


def codes_of(answer: dict[str, Any]) -> list[str]:
    """Why the mutation was refused; empty when it was done."""
    if "errors" in answer:
        return [error["extensions"]["code"] for error in answer["errors"]]
    (payload,) = answer["data"].values()
    return [error["code"] for error in payload["errors"]]


async def everything_tried(community: Community, scene: Scene, ids: list[str]) -> Figures:
    """All mutations as everybody; stops at the first that does what it must not."""
    figures, before = Figures(), await fingerprint(community)
    people = dict(zip(("mentor", "mentee", "admin", "member", "outsider", "nobody"), scene.people, strict=True))
    good = dict(values(scene))
    for name, each in mutations().items():
        figures.mutations += 1
        text = document(name, each)
        for role, person in people.items():
            hostile = Hostile(Random(f"{name} {role}"), ids, good)
            for _ in range(CASES):
                given = hostile.given(name, each)
                raw, answer = await tried(person, text, given)
                codes, where = codes_of(answer), f"{name} as {role}: {json.dumps(given)[:2_000]}\n{raw[:1_000]}"
                assert "INTERNAL" not in codes, where
                assert CANARY not in raw, where
                now = await fingerprint(community)
                if codes:
                    assert now == before, f"a refused act has written\n{where}"
                before = now
                figures.cases += 1
                figures.done += not codes
                figures.codes.update(codes[:1])
    return figures


@pytest.mark.timeout(400)
async def test_no_input_makes_us_fail_leak_or_write_half(
    databases: Databases, redis_url: str, figures: Callable[[str, dict[str, Any]], None]
) -> None:
    """As both of a pair, their admin, another member, an outsider and nobody; the seeds are the names."""
    async with databases.fresh() as url:
        settings = settings_for(url, redis_url, writes_burst=1_000_000)
        async with served_here(settings) as served, Community.on(served) as community:
            scene = await prepared(community)
            foreign = await others(community, await community.pair("Olga", "Pia"))
            tried_out = await everything_tried(community, scene, [*scene.ids.values(), *foreign.values()])
            await invariants(community.database)
    figures("hostile_inputs", vars(tried_out))
    assert tried_out.cases == CASES * len(scene.people) * len(mutations())
    assert tried_out.done > len(mutations()), f"too few get far enough to do harm: {tried_out}"
