"""Every list of the schema, led to from a root, and every place that takes a cursor."""

from collections.abc import Iterator

from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type, is_required_argument

from tests.privacy_matrix.questions import ASKED_WITH
from tests.selections import TYPES, object_type

WAYS: dict[str, tuple[str, str | None]] = {
    "Query": ("%s", None),
    "Viewer": ("viewer { %s }", None),
    "Moderation": ("viewer { moderation { %s } }", None),
    "Group": ("node(id: $id) { ... on Group { %s } }", "Group"),
    "GroupAdmin": ("node(id: $id) { ... on Group { admin { %s } } }", "Group"),
    "Program": ("program(id: $id) { %s }", "Program"),
    "ProgramAdmin": ("program(id: $id) { admin { %s } }", "Program"),
    "PairSpace": ("match(id: $id) { space { %s } }", "Match"),
    "PairThread": ("match(id: $id) { space { thread { %s } } }", "Match"),
    "Post": ("node(id: $id) { ... on Post { %s } }", "Post"),
    "StepProgress": ("node(id: $id) { ... on StepProgress { %s } }", "StepProgress"),
}
"""How one comes to a type that has lists, and of what kind the thing is that one has to name; None: it is one's own."""

EVERYBODYS = ("Query.groups",)
"""Lists that hold the same for everybody: there is no cursor that one is not shown."""

_PAGE = "edges { cursor node { ... on Node { id } } }"


def lists() -> dict[str, tuple[str, str | None]]:
    """A document for each list, which takes `after` and `before`, and what it has to be told the id of."""
    return {
        f"{kind.name}.{name}": _document(kind, name)
        for kind in TYPES.values()
        if isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if get_named_type(field.type).name.endswith("Connection")
    }


def cursors_taken() -> set[str]:
    """The other places that take a cursor: arguments of subscriptions, and inputs' fields, by their names."""
    return {*_of_subscriptions(), *_of_inputs()}


def _document(kind: GraphQLObjectType, name: str) -> tuple[str, str | None]:
    assert kind.name in WAYS, f"Say in WAYS of tests/privacy_matrix/lists.py how one comes to {kind.name}.{name}."
    way, of = WAYS[kind.name]
    arguments = kind.fields[name].args.items()
    needed = [f"{key}: {ASKED_WITH[f'{name}.{key}']}" for key, argument in arguments if is_required_argument(argument)]
    given = ", ".join(["first: $first", "last: $last", "after: $after", "before: $before", *needed])
    declared = "$first: Int, $last: Int, $after: String, $before: String" + (", $id: ID!" if of else "")
    return f"query({declared}) {{ {way % f'{name}({given}) {{ {_PAGE} }}'} }}", of


def _of_subscriptions() -> Iterator[str]:
    for name, field in object_type("Subscription").fields.items():
        if "after" in field.args:
            yield f"{name}.after"


def _of_inputs() -> Iterator[str]:
    for kind in TYPES.values():
        if isinstance(kind, GraphQLInputObjectType):
            for name, field in kind.fields.items():
                if "cursor" in (field.description or "").lower():
                    yield f"{kind.name}.{name}"
