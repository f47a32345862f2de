"""Groups: making one, finding one, what outsiders see of it, and which may run mentorship programs."""

import asyncio
import logging

import pytest

from tests.community import Community
from tests.documents import CREATE_GROUP

FOUND = """
query($first: Int, $after: String, $focus: GroupFocus, $topic: String) {
  groups(first: $first, after: $after, focus: $focus, topic: $topic) {
    edges { node { id name } } pageInfo { hasNextPage endCursor }
  }
}
"""
EVERYTHING = """
query($id: ID!) {
  node(id: $id) { ... on Group {
    name slug focus description topics mentorship { eligible reason } viewerRole
    members { edges { node { id role user { id name } } } } programs { edges { node { id title } } }
  } }
}
"""
NEW = {"name": "Bakers", "slug": "bakers", "focus": "PROFESSIONAL", "description": "Bread.", "topics": ["bread"]}


async def test_the_maker_of_a_group_is_its_first_admin_and_only_member(community: Community) -> None:
    """Ada makes a group; she administers it, and finds it under its slug."""
    ada = await community.person("Ada")
    group = (await ada.do(CREATE_GROUP, input=NEW | {"slug": "first-bakers"}))["group"]
    assert group["viewerRole"] == "ADMIN"
    seen = await ada.do(EVERYTHING, id=group["id"])
    assert [(edge["node"]["role"], edge["node"]["user"]["name"]) for edge in seen["members"]["edges"]] == [
        ("ADMIN", "Ada")
    ]
    assert (await ada.do('{ group(slug: "first-bakers") { id } }')) == {"id": group["id"]}
    assert (await ada.do('{ group(slug: "no-bakers") { id } }')) is None


async def test_an_outsider_sees_what_a_group_is_about_and_nothing_else(community: Community) -> None:
    """Somebody who is no member, signed in or not, sees neither members nor programs, not even by their ids."""
    ada, tom = await community.people("Ada", "Tom")
    group_id = await community.group(ada, topics=["soap"])
    program_id = await community.program(ada, group_id)
    membership_id = (await ada.do(EVERYTHING, id=group_id))["members"]["edges"][0]["node"]["id"]
    for outsider in (tom, community.nobody):
        seen = await outsider.do(EVERYTHING, id=group_id)
        assert (seen["name"], seen["focus"], seen["topics"]) == ("Soap Makers", "PROFESSIONAL", ["soap"])
        assert seen["description"] == "We make soap and sell it."
        assert (seen["viewerRole"], seen["members"], seen["programs"]) == (None, None, None)
        for hidden in (membership_id, program_id):
            assert await outsider.do("query($id: ID!) { node(id: $id) { id } }", id=hidden) is None
        assert await outsider.do("query($id: ID!) { program(id: $id) { id } }", id=program_id) is None


@pytest.mark.parametrize("focus", ["PARENTING", "PROFESSIONAL", "PERSONAL_DEVELOPMENT"])
async def test_a_group_about_growing_may_run_programs(community: Community, focus: str) -> None:
    """Parenting, professional and personal development groups are eligible, and need no reason."""
    ada = await community.person("Ada")
    seen = await ada.do(EVERYTHING, id=await community.group(ada, focus=focus))
    assert seen["mentorship"] == {"eligible": True, "reason": None}


async def test_any_other_group_is_told_why_it_may_run_none(community: Community) -> None:
    """A film club is not eligible, nor is a group from which a moderator has withdrawn mentorship; each says why."""
    ada = await community.person("Ada")
    films = await community.group(ada, name="Film Club", focus="OTHER")
    withdrawn = await community.group(ada, slug="withdrawn-one")
    await community.database.execute("UPDATE groups SET mentorship_withdrawn_at = now() WHERE slug = 'withdrawn-one'")
    for group_id, because in ((films, "parenting, professional or personal development"), (withdrawn, "A moderator")):
        mentorship = (await community.nobody.do(EVERYTHING, id=group_id))["mentorship"]
        assert mentorship["eligible"] is False
        assert because in mentorship["reason"]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"slug": "Bakers"}, ["input", "slug"]),
        ({"slug": "ba"}, ["input", "slug"]),
        ({"slug": "b" * 61}, ["input", "slug"]),
        ({"slug": "ba--kers"}, ["input", "slug"]),
        ({"slug": "-bakers"}, ["input", "slug"]),
        ({"slug": "bäcker"}, ["input", "slug"]),
        ({"slug": "bakers\n"}, ["input", "slug"]),
        ({"name": " "}, ["input", "name"]),
        ({"name": "n" * 81}, ["input", "name"]),
        ({"name": "two\nlines"}, ["input", "name"]),
        ({"description": ""}, ["input", "description"]),
        ({"description": "d" * 4_001}, ["input", "description"]),
        ({"description": "\x00"}, ["input", "description"]),
        ({"topics": [f"topic {number}" for number in range(21)]}, ["input", "topics"]),
        ({"topics": ["bread", "t" * 61]}, ["input", "topics", "1"]),
    ],
)
async def test_a_group_that_is_not_described_well_is_refused(
    community: Community, wrong: dict[str, object], path: list[str]
) -> None:
    """Each field that does not hold what it should is named, and nothing is written."""
    ada = await community.person("Ada")
    async with community.nothing_changes():
        error = await ada.refused(CREATE_GROUP, input=NEW | wrong)
    assert (error["code"], error["path"]) == ("INVALID_INPUT", path)


async def test_nobody_makes_a_group_without_logging_in(community: Community) -> None:
    """Without a token the answer says to log in."""
    async with community.nothing_changes():
        error = await community.nobody.refused(CREATE_GROUP, input=NEW)
    assert error["code"] == "UNAUTHENTICATED"


async def test_of_two_who_want_the_same_slug_at_once_one_gets_it(community: Community) -> None:
    """Five people race for a slug: one group is made, the others are told to choose another."""
    racers = await community.people("Ada", "Ben", "Cleo", "Dan", "Eve")
    answers = await asyncio.gather(*(each.ask(CREATE_GROUP, input=NEW | {"slug": "wanted"}) for each in racers))
    payloads = [answer["data"]["createGroup"] for answer in answers]
    assert len([payload for payload in payloads if payload["group"]]) == 1
    refusals = [payload["errors"][0] for payload in payloads if not payload["group"]]
    assert {(error["code"], *error["path"]) for error in refusals} == {("CONFLICT", "input", "slug")}
    slug = NEW | {"slug": "wanted"}
    assert await community.database.fetchval("SELECT count(*) FROM groups WHERE slug = $1", slug["slug"]) == 1


async def test_groups_are_found_by_topic_in_capitals_or_not_and_by_focus(community: Community) -> None:
    """Anybody finds the groups that name a topic exactly, whatever its capitals, also beyond ASCII."""
    ada = await community.person("Ada")
    beginners = await community.group(ada, topics=["Käse machen"], focus="PERSONAL_DEVELOPMENT")
    traders = await community.group(ada, topics=["cows", "KÄSE MACHEN"])
    await community.group(ada, topics=["Käse", "machen"])

    async def found(**asked: str) -> list[str]:
        return [edge["node"]["id"] for edge in (await community.nobody.do(FOUND, **asked))["edges"]]

    assert await found(topic="käse MACHEN") == [traders, beginners]
    assert await found(topic="käse machen", focus="PERSONAL_DEVELOPMENT") == [beginners]
    assert await found(topic="käse%") == []
    blank = await community.nobody.ask(FOUND, topic=" ")
    assert blank["errors"][0]["extensions"] == {"code": "INVALID_INPUT", "path": ["topic"]}


async def test_a_new_group_does_not_shift_the_pages(community: Community) -> None:
    """While somebody turns the pages a group is made: none is shown twice, none is left out."""
    ada = await community.person("Ada")
    made = [await community.group(ada, topics=["paging"]) for _ in range(5)]
    first = await ada.do(FOUND, first=2, topic="paging")
    await community.group(ada, topics=["paging"])
    second = await ada.do(FOUND, first=10, after=first["pageInfo"]["endCursor"], topic="paging")
    shown = [edge["node"]["id"] for page in (first, second) for edge in page["edges"]]
    assert shown == made[::-1]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


async def test_many_groups_are_read_in_as_many_statements_as_few(
    community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    """Roles, members with their names, and programs with their steps of eight groups take no more reads than of two."""
    ada, tom = await community.people("Ada", "Tom")
    for number in range(8):
        group_id = await community.group(ada, tom, topics=["counted"], slug=f"counted-{number}")
        await community.program(ada, group_id)
    document = """query($first: Int) { groups(first: $first, topic: "counted") { edges { node {
        viewerRole members(first: 5) { edges { node { role user { name } } } }
        programs(first: 5) { edges { node { title group { name } steps { title } viewerSignUps { id }
          admin { activityCursor signUps { edges { node { id } } } matches { edges { node { id } } } } } } }
    } } } }"""
    counts = []
    for size in (2, 8):
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            page = await ada.do(document, first=size)
        assert len(page["edges"]) == size
        assert all(len(edge["node"]["members"]["edges"]) == 2 for edge in page["edges"])
        assert all(edge["node"]["programs"]["edges"][0]["node"]["admin"] for edge in page["edges"])
        counts.append(len([record for record in caplog.records if record.name == "tortoise.db_client"]))
    assert counts[0] == counts[1] <= 11
