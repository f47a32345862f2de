"""The example apps work as they stand: Maya starts one, sees her pair, hears Tom, and is heard by him."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.npm.node import Node
from tests.community import PASSWORD, Community
from tests.documents import CREATE_POST, MATCH_ACTIVITY
from tests.servers import Served
from tests.tools import MAY_INSTALL, install

pytestmark = MAY_INSTALL

EXAMPLES = Path(__file__).parents[1] / "examples"
PATIENCE = 30.0
"""Seconds to wait for a line that must come: a runtime starts first, on a machine that may be busy."""


@pytest.fixture(scope="module")
def node() -> Node:
    """Node, with the packages of the examples installed at their first use."""
    return install(EXAMPLES).node


@asynccontextmanager
async def running(*command: str, **told: str) -> AsyncIterator[asyncio.StreamReader]:
    """What an app prints while it runs, its complaints too. It ends with the block."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=EXAMPLES,
        env=Node(Path(command[0]), ()).environment(told),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def next_line(printed: asyncio.StreamReader) -> str:
    """The next line, or all that is left of a complaint."""
    line = (await asyncio.wait_for(printed.readline(), PATIENCE)).decode().rstrip("\n")
    assert line, "the app is over"
    return line


@pytest.mark.parametrize("app", ["apollo/app.js", "urql/app.js", "gql/app.py"])
async def test_an_example_logs_in_lists_pairs_follows_one_and_writes(two_workers: Served, node: Node, app: str) -> None:
    runtime = sys.executable if app.endswith(".py") else str(node.node)
    async with Community.on(two_workers) as community:
        pair = await community.pair()
        maya, tom = pair.mentor, pair.mentee
        await tom.do(CREATE_POST, input={"matchId": pair.id, "body": "Shall we begin?"})
        arguments = (maya.email, PASSWORD, f"Hello from {app}")
        async with (
            tom.hears(MATCH_ACTIVITY, matchId=pair.id) as ears,
            running(runtime, app, *arguments, ENDPOINT=f"{two_workers.url}/graphql") as printed,
        ):
            assert await next_line(printed) == "Maya and Tom"
            assert await next_line(printed) == f"Maya: Hello from {app}"
            heard = await ears.next()
            assert heard["post"]["body"] == f"Hello from {app}"

            await tom.do(CREATE_POST, input={"matchId": pair.id, "body": "It works!"})
            assert await next_line(printed) == "Tom: It works!"


@pytest.mark.parametrize("app", ["apollo/app.js", "urql/app.js", "gql/app.py"])
async def test_an_example_says_what_to_do_when_the_password_is_wrong(two_workers: Served, node: Node, app: str) -> None:
    """A refusal comes as data, and each app shows its message."""
    runtime = sys.executable if app.endswith(".py") else str(node.node)
    async with Community.on(two_workers) as community:
        maya = await community.person("Maya")
        async with running(
            runtime, app, maya.email, "something else", ENDPOINT=f"{two_workers.url}/graphql"
        ) as printed:
            said = (await asyncio.wait_for(printed.read(), PATIENCE)).decode()
        assert "No account can be used with this e-mail address and password. Check both." in said


@pytest.mark.parametrize("folder", [EXAMPLES, Path(__file__).parent / "tools"], ids=lambda folder: folder.name)
def test_the_lock_file_names_no_address_of_a_registry(folder: Path) -> None:
    """Where packages come from is the machine's affair: the lock carries versions and hashes only."""
    lock = (folder / "package-lock.json").read_text()

    assert '"resolved"' not in lock
    assert '"integrity"' in lock
