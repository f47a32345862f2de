"""App developers generate code from the SDL: the generators take it, with all operations that we have ourselves."""

import json
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from server.npm.project import StepFailed
from tests.operations import operations
from tests.tools import FOLDER, MAY_INSTALL, Tools

pytestmark = MAY_INSTALL

SCHEMA = Path(__file__).parents[1] / "schema" / "schema.graphql"

APP = """
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
import type { LogIn1MutationDocument, Viewer1QueryDocument } from './generated/graphql';

export const who: VariablesOf<typeof LogIn1MutationDocument> = {
  input: { email: 'maya@demo.example', password: 'demo-demo-demo' },
};

export function partners(data: ResultOf<typeof Viewer1QueryDocument>): string[] {
  const edges = data.viewer?.matches.edges ?? [];
  return edges.flatMap(({ node }) => (node.space ? [node.space.partner.name] : []));
}
"""
"""Code that an app has beside what is generated: it compiles only if the generated types say what the schema says."""


def generate(tools: Tools, folder: Path, documents: dict[str, str]) -> Path:
    """What the client preset makes of some documents, in a folder where TypeScript finds its packages."""
    (folder / "documents").mkdir()
    for name, document in documents.items():
        (folder / "documents" / f"{name}.graphql").write_text(document)
    tools.run("codegen.mjs", SCHEMA=str(SCHEMA), DOCUMENTS=str(folder / "documents"), OUT=str(folder / "generated"))
    (folder / "node_modules").symlink_to(FOLDER / "node_modules")
    return folder / "generated" / "graphql.ts"


def compile_types(tools: Tools, folder: Path) -> None:
    """Have TypeScript read app.ts strictly, and what was generated with it. Raises StepFailed where it does not fit."""
    tools.run(
        "node_modules/typescript/bin/tsc",
        *("--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"),
        str(folder / "app.ts"),
    )


def test_we_have_operations_of_every_kind_and_they_are_valid() -> None:
    """What follows is only worth as much as the set that it is tried with."""
    schema = build_schema(SCHEMA.read_text())
    ours = operations()

    assert {name: validate(schema, parse(document)) for name, document in ours.items()} == {name: [] for name in ours}
    kinds = [
        name.rpartition(kind)[1] for name in ours for kind in ("Query", "Mutation", "Subscription") if kind in name
    ]
    assert len(ours) >= 60 and set(kinds) == {"Query", "Mutation", "Subscription"}


def test_graphql_codegen_makes_types_that_compile(tools: Tools, tmp_path: Path) -> None:
    """With the client preset, as Apollo Client and urql use it, and strict about scalars."""
    ours = operations()
    generated = generate(tools, tmp_path, ours).read_text()
    (tmp_path / "app.ts").write_text(APP)
    compile_types(tools, tmp_path)

    assert [name for name in ours if f"export const {name}Document" not in generated] == []
    assert ": any" not in generated


def test_an_app_that_takes_a_pair_without_a_space_for_granted_does_not_compile(tools: Tools, tmp_path: Path) -> None:
    """The types tell what may be null: an admin sees a match, and not its space."""
    generate(tools, tmp_path, {name: each for name, each in operations().items() if name in APP})
    (tmp_path / "app.ts").write_text(APP.replace("node.space ? [node.space.partner.name] : []", "[node.space.partner]"))

    with pytest.raises(StepFailed, match="possibly 'null'"):
        compile_types(tools, tmp_path)


def test_relay_compiler_takes_them_and_pages_lists_by_itself(tools: Tools, tmp_path: Path) -> None:
    """Beside our operations: a page as Relay apps write it, with fragments that are fetched again by id, connections
    that grow by pages and by what is heard, and edges that are put in front."""
    source = tmp_path / "source"
    source.mkdir()
    ours = operations()
    for name, document in ours.items():
        module = name.removesuffix("Query").removesuffix("Mutation").removesuffix("Subscription")
        (source / f"{module}.js").write_text(f"graphql`{document}`;\n")
    pair_page = (FOLDER / "relay" / "PairPage.js").read_text()
    (source / "PairPage.js").write_text(pair_page)
    artifacts = tmp_path / "artifacts"
    artifacts.mkdir()
    (tmp_path / "schema.graphql").write_text(SCHEMA.read_text())
    config = tmp_path / "relay.config.json"
    places = {"src": source, "schema": tmp_path / "schema.graphql", "artifactDirectory": artifacts}
    config.write_text(json.dumps({"language": "typescript", **{name: str(place) for name, place in places.items()}}))
    tools.run("node_modules/relay-compiler/cli.js", str(config))

    made = {file.name.removesuffix(".graphql.ts") for file in artifacts.iterdir()}
    assert set(ours) <= made
    assert {"PairPagePostsQuery", "PairPageInboxQuery", "PairPageFollowSubscription"} <= made
