"""What the database looks at for a page: nothing that is not shown, however much lies beside it."""

import json
from collections.abc import Iterator
from typing import Any

from tests.community import Community, Person
from tests.statements import sent
from tests.test_statements import THREAD, write


async def test_the_database_reads_nothing_of_a_space_for_an_admin(community: Community) -> None:
    """The right stands in the statement: what lies behind it is never looked at."""
    pair = await community.pair()
    await write(pair, 1)
    for person, looks in ((pair.mentor, True), (pair.admin, False)):
        plan = await explained(community, person, THREAD, id=pair.id)
        assert {"posts", "comments", "step_progress"} <= scanned(plan).keys()
        assert all(bool(scanned(plan)[table]) == looks for table in ("posts", "comments", "step_progress"))


GROWN = """
WITH written AS (
  INSERT INTO posts (id, match_id, author_id, number, body, created_at)
  SELECT gen_random_uuid(), id, mentor_id, $1 + n, 'Many words. ', now() FROM matches, generate_series(1, $2::int) AS n
  RETURNING id, match_id, author_id
) INSERT INTO comments (id, match_id, post_id, author_id, number, body, created_at)
  SELECT gen_random_uuid(), match_id, id, author_id, $1 + n, 'Words. ', now() FROM written, generate_series(1, 3) AS n
"""


async def test_ten_times_the_posts_cost_the_same_statement_and_as_many_buffers(community: Community) -> None:
    """The older posts of the pair and those of others lie there unread: an index leads to the page. With more rows an
    index may be a level deeper, which is a buffer more for each time that it is entered."""
    pairs = [await community.pair() for _ in range(5)]
    await community.database.execute(GROWN, 1_000, 200)
    await community.database.execute("VACUUM ANALYZE posts, comments")
    few = await explained(community, pairs[0].mentor, THREAD, id=pairs[0].id)
    await community.database.execute(GROWN, 10_000, 1_800)
    await community.database.execute("VACUUM ANALYZE posts, comments")
    many = await explained(community, pairs[0].mentor, THREAD, id=pairs[0].id)
    assert scanned(many) == scanned(few)
    assert scanned(few)["posts"] == 50 and scanned(few)["comments"] == 150
    deeper = 1 + 50
    assert buffers(many) <= buffers(few) + deeper


async def explained(community: Community, person: Person, document: str, **variables: object) -> dict[str, Any]:
    """The plan of an operation's first statement after authentication, as it ran.

    It is planned for any values, as the server runs it in the end.
    """
    with sent() as statements:
        await person.do(document, **variables)
    statement, values = statements[1]
    async with community.database.transaction():
        await community.database.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        (text,) = await community.database.fetchrow(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *values)
    return json.loads(text)[0]["Plan"]


def scanned(plan: dict[str, Any]) -> dict[str, int]:
    """How many rows of each table a plan looked at."""
    found: dict[str, int] = {}
    for node in [plan, *descendants(plan)]:
        if table := node.get("Relation Name"):
            passed = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            found[table] = found.get(table, 0) + round(passed * node["Actual Loops"])
    return found


def descendants(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All nodes beneath one."""
    for each in plan.get("Plans", ()):
        yield each
        yield from descendants(each)


def buffers(plan: dict[str, Any]) -> int:
    """How many pages a plan looked at."""
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
