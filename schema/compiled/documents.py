"""Documents, parsed and validated once and kept as long as they are asked for: bounded in number and in size."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Container
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    VariableNode,
    parse,
    specified_rules,
)
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.schema import validate_document
from strawberry.types.graphql import OperationType

from schema.compiled.cost import Cost
from schema.compiled.measure import TooDeep, measure
from schema.compiled.plans import Plan

MOST_DOCUMENTS = 1_000
MOST_CHARACTERS = 4_000_000
"""What all kept documents may have together; a syntax tree and a plan take some fifty bytes a character."""

LONGEST = 50_000
"""Characters of a document beyond which it is not kept: it is parsed anew each time."""

MOST_PLANS = 8
"""Plans of one operation, for so many combinations of what its @skip and @include say."""

MOST_COMBINATIONS = 64
"""Combinations without a plan of which an operation remembers how often they came."""

MOST_FIELDS_KEPT = 30_000
"""Fields of all kept plans together; each takes some 3 KB."""


class Operation:
    """One operation of a document, with a plan for each combination of the values that its conditions may have."""

    def __init__(self, document: "Document", node: OperationDefinitionNode) -> None:
        self.document, self.node = document, node
        self.name = node.name.value if node.name else None
        self.type = OperationType(node.operation.value)
        self.cost = Cost(document.schema, document.fragments, node)
        self.plans = 0
        """Plans made so far."""
        self.refused: str | None = None
        """Why no plan can be made of it, once that is known."""
        self._plans: OrderedDict[tuple[Any, ...], Plan] = OrderedDict()
        self._came: OrderedDict[tuple[Any, ...], int] = OrderedDict()

    def comes_again(self, variables: dict[str, Any]) -> bool:
        """Whether a plan is worth its while for coerced variables: there is one, or they ask for what was asked before.

        The more plans there were, the more often: writing one takes longer than running in graphql-core, and somebody
        may send a new combination of conditions each time.
        """
        key = self._key(variables)
        if key in self._plans:
            return True
        times = self._came[key] = self._came.pop(key, 0) + 1
        if len(self._came) > MOST_COMBINATIONS:
            self._came.popitem(last=False)
        return times > 1 << min(self.plans // MOST_PLANS, MOST_PLANS)

    def plan(self, variables: dict[str, Any], make: Callable[[], Plan]) -> Plan:
        """The plan for coerced variables, kept or made. The one that was not asked for the longest makes room."""
        key = self._key(variables)
        found = self._plans.get(key)
        if found is not None:
            self._plans.move_to_end(key)
            return found
        found = self._plans[key] = make()
        self._came.pop(key, None)
        self.plans += 1
        if len(self._plans) > MOST_PLANS:
            self._plans.popitem(last=False)
        return found

    def _key(self, variables: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(variables.get(name) for name in self.document.conditions)

    @property
    def fields(self) -> int:
        """The fields of its plans together."""
        return sum(len(plan.calls) for plan in self._plans.values())


class Document:
    """A parsed document. `errors` are those of its validation, asked for when the operation's type is allowed.

    Raises GraphQLError, and TooDeep. Its `size` is known before it is validated, which takes longer the larger it is.
    """

    def __init__(self, schema: GraphQLSchema, text: str, tokens: int | None = None) -> None:
        try:
            self.node: DocumentNode = parse(text, max_tokens=tokens)
        except RecursionError:
            raise TooDeep from None
        self.schema = schema
        self.fragments = {
            each.name.value: each for each in self.node.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.operations = [
            Operation(self, each) for each in self.node.definitions if isinstance(each, OperationDefinitionNode)
        ]
        self.size = measure([each.node for each in self.operations], self.fragments)
        self.directives: Counter[str] = Counter()
        self.conditions: tuple[str, ...] = tuple(dict.fromkeys(_conditions(self.node, self.directives)))
        self._errors: list[GraphQLError] | None = None

    @property
    def errors(self) -> list[GraphQLError]:
        """What validation has against it."""
        if self._errors is None:
            self._errors = validate_document(self.schema, self.node, tuple(specified_rules))
        return self._errors

    def operation(self, name: str | None, allowed: Container[OperationType]) -> Operation:
        """The operation of that name, or the first. Raises CannotGetOperationTypeError, InvalidOperationTypeError."""
        for operation in self.operations:
            if name is None or operation.name == name:
                if operation.type not in allowed:
                    raise InvalidOperationTypeError(operation.type)
                return operation
        raise CannotGetOperationTypeError(name)


class Documents:
    """The documents that came lately."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, text: str | None, tokens: int | None = None) -> Document:
        """A document by its text, of so many tokens at most. Raises MissingQueryError, GraphQLError and TooDeep."""
        if not text:
            raise MissingQueryError
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
            return found
        return Document(self._schema, text, tokens)

    def keep(self, text: str, document: Document) -> None:
        """Keep a document that is valid. The one that was not asked for the longest makes room."""
        if text in self._kept or len(text) > LONGEST:
            return
        self._kept[text] = document
        self._characters += len(text)
        while len(self._kept) > MOST_DOCUMENTS or self._characters > MOST_CHARACTERS:
            gone, _ = self._kept.popitem(last=False)
            self._characters -= len(gone)

    def bound(self) -> None:
        """Let go of those not asked for the longest, until all plans together are small enough: after one was made."""
        fields = [sum(operation.fields for operation in each.operations) for each in self._kept.values()]
        excess = sum(fields) - MOST_FIELDS_KEPT
        for many in fields[:-1]:
            if excess <= 0:
                break
            gone, _ = self._kept.popitem(last=False)
            self._characters -= len(gone)
            excess -= many


def _conditions(node: Node, directives: Counter[str]) -> list[str]:
    """The variables that decide about what is included, and in passing all directives that are used."""
    found: list[str] = []
    waiting: list[Node] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, DirectiveNode):
            directives[each.name.value] += 1
            found += [given.value.name.value for given in each.arguments or () if isinstance(given.value, VariableNode)]
        for key in each.keys:
            child = getattr(each, key, None)
            if isinstance(child, Node):
                waiting.append(child)
            elif isinstance(child, (list, tuple)):
                waiting += [item for item in child if isinstance(item, Node)]
    return sorted(found)
