"""The layout keeps itself: imports run one way, and each file says what it is for."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
LAYERS = ("server", "schema", "resolvers", "pubsub", "models")
"""From the top down: a package imports from itself and from those after it."""

ONLY_IN = {"strawberry": {"schema", "server"}, "graphql": {"schema", "server"}, "starlette": {"server"}}
FILES = sorted(
    path for layer in LAYERS for path in (CHECKOUT / layer).rglob("*.py") if "node_modules" not in path.parts
)


def imports(path: Path) -> Iterator[str]:
    """The top-level names of what a file imports, local imports included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            yield str(node.module).split(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_imports_run_one_way(path: Path) -> None:
    layer = path.relative_to(CHECKOUT).parts[0]
    above = set(LAYERS[: LAYERS.index(layer)])
    for name in imports(path):
        assert name not in above, f"{layer} is below {name}"
        assert layer in ONLY_IN.get(name, {layer}), f"only {ONLY_IN[name]} may import {name}"


def test_there_are_files_in_every_layer() -> None:
    assert {path.relative_to(CHECKOUT).parts[0] for path in FILES} == set(LAYERS)


@pytest.mark.parametrize(
    "path", [*FILES, *sorted((CHECKOUT / "tests").glob("*.py"))], ids=lambda path: str(path.relative_to(CHECKOUT))
)
def test_each_file_begins_with_what_it_is_for(path: Path) -> None:
    assert path.read_text().startswith('"""'), "the first line says what the file is for"


@pytest.mark.parametrize("layer", ["schema", "resolvers"])
def test_no_resolver_publishes_by_hand(layer: str) -> None:
    """Hints follow from what a transaction logs; nobody else announces or publishes."""
    for path in (CHECKOUT / layer).rglob("*.py"):
        words = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert not words & {"announce", "announce_rights", "publish"}, path
