"""The SDL keeps the rules of @graphql-eslint: those it recommends, and Relay's, so that tools find what they expect."""

from pathlib import Path

import pytest

from server.npm.project import StepFailed
from tests.tools import MAY_INSTALL, Tools

pytestmark = MAY_INSTALL

COMMITTED = Path(__file__).parents[1] / "schema" / "schema.graphql"

CARELESS = """
type Orphan {
  orphan_name: String @deprecated
}

type OrphanConnection {
  edges: [String]
}
"""


def test_the_sdl_is_as_linters_and_relay_want_it(tools: Tools) -> None:
    assert tools.run("lint.mjs", str(COMMITTED)).strip() == ""


def test_what_is_added_carelessly_is_named(tools: Tools, tmp_path: Path) -> None:
    """Both sets of rules are at work, and name the line."""
    careless = tmp_path / "schema.graphql"
    careless.write_text(COMMITTED.read_text() + CARELESS)

    with pytest.raises(StepFailed) as failed:
        tools.run("lint.mjs", str(careless))
    for rule in ("require-description", "naming-convention", "no-unreachable-types", "require-deprecation-reason"):
        assert f"@graphql-eslint/{rule}" in str(failed.value)
    for rule in ("relay-connection-types", "relay-edge-types"):
        assert f"@graphql-eslint/{rule}" in str(failed.value)
