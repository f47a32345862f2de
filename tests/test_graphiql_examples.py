"""GraphiQL's saved examples: each runs as it is opened, by the person of the demo whose role it is for."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import OperationType, get_operation_ast, parse

from server import demo
from server.graphiql.build import SITE
from tests.community import Person
from tests.servers import Served

SOURCES = SITE.folder / "src"
ROLES = ("nobody", "mentor", "mentee", "admin", "moderator")
LOG_IN = (SOURCES / "examples" / "nobody" / "4_log_in.graphql").read_text()
OFFERED = {each.offered_as: each for each in demo.read().people if each.offered_as}


def found_in(data: Any) -> Any:
    """The first `found` in an answer, as src/examples.js looks for it: beside a state, only of something open."""
    if isinstance(data, list):
        data = dict(enumerate(data))
    if not isinstance(data, dict):
        return None
    if data.get("found") and data.get("state", "OPEN") == "OPEN":
        return data["found"]
    return next(filter(None, map(found_in, data.values())), None)


async def variables_of(person: Person, example: Path, wanted: list[str]) -> dict[str, Any]:
    """What the page puts into Variables when the person opens the example."""
    written = example.with_suffix(".json")
    variables = json.loads(written.read_text()) if written.exists() else {}
    if example.stem.endswith("log_in"):
        variables = {"email": OFFERED["mentor"].email, "password": demo.PASSWORD}
    for name in wanted:
        finder = SOURCES / "finds" / f"{name}.graphql"
        if finder.exists():
            variables[name] = found_in((await person.ask(finder.read_text()))["data"])
            assert variables[name], f"{person.name} has nothing for {name}"
    return variables


@pytest.mark.parametrize("role", ROLES)
async def test_each_example_runs_for_whom_it_is_for(demo_server: Served, role: str) -> None:
    """One after the other, in their order: answered without an error, or listening."""
    async with httpx.AsyncClient(timeout=30) as http:
        person = Person(role, demo_server, http)
        if role in OFFERED:
            login = await person.do(LOG_IN, email=OFFERED[role].email, password=demo.PASSWORD)
            person.token = login["session"]["accessToken"]
        examples = sorted((SOURCES / "examples" / role).glob("*.graphql"))
        assert len(examples) >= 3
        for example in examples:
            document = example.read_text()
            operation = get_operation_ast(parse(document))
            assert operation is not None
            wanted = [each.variable.name.value for each in operation.variable_definitions or ()]
            variables = await variables_of(person, example, wanted)
            if operation.operation == OperationType.SUBSCRIPTION:
                async with person.hears(document, **variables) as ears:
                    await ears.silence()
            else:
                assert await person.do(document, **variables), f"{example.name} shows {person.name} nothing"


def test_each_role_is_somebody_and_each_example_says_what_it_is() -> None:
    """A title in its first line, which fits into the panel; and no two are called the same."""
    assert tuple(OFFERED) == ROLES[1:]
    documents = [path.read_text() for path in (SOURCES / "examples").rglob("*.graphql")]
    titles = [document.split("\n", 1)[0] for document in documents]
    assert all(title.startswith("# ") and len(title) <= 40 for title in titles)
    operations = [operation for each in documents if (operation := get_operation_ast(parse(each)))]
    names = [operation.name.value for operation in operations if operation.name]
    assert len({*names}) == len({*titles}) == len(names) == len(documents)
