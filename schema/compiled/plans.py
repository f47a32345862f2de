"""A plan: Python source generated for one operation, which reads attributes and builds the response directly."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    TypeNameMetaFieldDef,
    is_leaf_type,
    is_list_type,
)
from graphql.execution.collect_fields import FragmentDetails, collect_fields
from graphql.execution.values import VariableValues
from graphql.pyutils import Path
from strawberry.execution.is_awaitable import optimized_is_awaitable as is_awaitable

from schema.compiled.calls import Call
from schema.compiled.core import Finished, Raised
from schema.compiled.run import Run, Unsupported
from schema.compiled.values import Values, quiet, serializer
from schema.context import MISSING
from schema.selection import Selected

if TYPE_CHECKING:
    from schema.compiled.schema import CompilingSchema

MOST_FIELDS = 3_000
"""Fields of a document beyond which it is left to graphql-core: writing source takes time and memory for each."""

_STRINGS = {GraphQLString, GraphQLID}


@dataclass(frozen=True)
class Request:
    """The operation as `Selected` needs to know it; the variables' values decide about @skip and @include alone."""

    schema: GraphQLSchema
    fragments: dict[str, Any]
    operation: OperationDefinitionNode
    variable_values: Any


class Plan:
    """The generated functions of one operation. Made when it is run, and their source kept for those who look."""

    def __init__(self, schema: "CompilingSchema", request: Request) -> None:
        self.schema, self.request = schema, request
        self.calls: list[Call] = []
        self.same_for_all = True
        """Whether nothing beneath the root fields can depend on who asks."""
        self.variables: set[str] = set()
        self.source: list[str] = []
        self.values = Values(schema._schema, self._generate)
        self._names: dict[str, Any] = {"MISSING": MISSING, "type": type}
        self._made: dict[tuple[str, tuple[int, ...]], str] = {}
        self.roots = self._root_fields()
        """Of each root field the response key, what gives its value, and what completes it."""

    def run(self, root: Any, context: Any, variables: VariableValues, extensions: dict[str, Any] | None) -> Run:
        """A run of this plan."""
        return Run(self, root, context, variables, extensions)

    async def query(self, run: Run) -> dict[str, Any]:
        """The data of a query. Whatever raises, raises."""
        out: dict[str, Any] = {}
        try:
            for key, value, place in self.roots:
                place(run, out, key, value(run, run.root))
            if run.queue:
                await run.settle()
        except BaseException:
            run.abandon()
            raise
        return out

    async def mutation(self, run: Run, obtained: dict[str, Any]) -> dict[str, Any]:
        """The data of a mutation, one root field after the other. What each has given or raised is put into `obtained`,
        so that it can be completed elsewhere if this raises."""
        out: dict[str, Any] = {}
        run.hands_on = True
        try:
            for key, value, place in self.roots:
                try:
                    found = value(run, run.root)
                    obtained[key] = await found if is_awaitable(found) else found
                except Exception as error:
                    obtained[key] = Raised(error)
                    raise
                place(run, out, key, obtained[key])
                if run.queue:
                    await run.settle()
                obtained[key] = Finished(out[key])
        except BaseException:
            run.abandon()
            raise
        return out

    async def event(self, run: Run) -> dict[str, Any]:
        """The data of one event of a subscription, which is the root value."""
        ((key, _, place),) = self.roots
        out: dict[str, Any] = {}
        run.hands_on = True
        try:
            place(run, out, key, run.root)
            if run.queue:
                await run.settle()
        except BaseException:
            run.abandon()
            raise
        return out

    # ------------------------------------------------------------------------------------------------ writing source

    def _root_fields(self) -> list[tuple[str, Callable[[Run, Any], Any], Any]]:
        schema, request = self.schema._schema, self.request
        root = schema.get_root_type(request.operation.operation)
        assert root is not None
        fragments = {name: FragmentDetails(each) for name, each in request.fragments.items()}
        variables = VariableValues({}, request.variable_values)
        grouped = collect_fields(schema, fragments, variables, root, request.operation).grouped_field_set
        found = []
        for key, details in grouped.items():
            nodes = [each.node for each in details]
            name = nodes[0].name.value
            if name == "__typename":
                field, text = TypeNameMetaFieldDef, repr(root.name)
            elif name.startswith("__"):
                raise Unsupported("introspection")
            else:
                field, text = root.fields[name], ""
            call = self._call(Selected(key, name, root, field, nodes, request), root, Path(None, key, root.name))
            lines = [f"def root{call.index}(run, root):", f"    return {text or call.expression(self._names)}"]
            made = self._define(lines, f"root{call.index}")
            found.append((key, made, self.values.place(field.type, call)))
        return found

    def _call(self, selected: Selected, parent: GraphQLObjectType, path: Path) -> Call:
        if len(self.calls) >= MOST_FIELDS:
            raise Unsupported("too many fields")
        call = Call(self.schema, selected, parent, path, len(self.calls))
        self.calls.append(call)
        return call

    def _define(self, lines: list[str], name: str) -> Any:
        text = "\n".join(lines)
        self.source.append(text)
        exec(compile(text, "<compiled document>", "exec"), self._names)
        return self._names[name]

    def _generate(self, kind: GraphQLObjectType, field: Selected) -> Callable[[Run, Any], dict[str, Any]]:
        """The function that builds an object of this type for what is selected beneath the field."""
        key = (kind.name, tuple(id(node) for node in field.nodes))
        name = self._made.get(key)
        if name is not None:
            known: Callable[[Run, Any], dict[str, Any]] = self._names[name]
            return known
        name = self._made[key] = f"object{len(self._made)}"
        path = Path(None, field.key, kind.name)
        lines = [f"def {name}(run, root):", "    out = {}"]
        for each in field.beneath(kind.name).values():
            lines += ["    " + line for line in self._field(kind, each, path)]
        made: Callable[[Run, Any], dict[str, Any]] = self._define([*lines, "    return out"], name)
        return made

    def _field(self, parent: GraphQLObjectType, each: Selected, path: Path) -> list[str]:
        if each.name == "__typename":
            return [f"out[{each.key!r}] = {parent.name!r}"]
        call = self._call(each, parent, Path(path, each.key, parent.name))
        self.same_for_all = self.same_for_all and call.same_for_all
        self.variables |= each.variables()
        lines = [f"value = {call.expression(self._names)}"]
        if (loaded := call.loaded()) is not None:
            lines = [f"value = {loaded}", "if value is MISSING:", "    " + lines[0]]
        self._names[f"place{call.index}"] = self.values.place(each.field.type, call)
        otherwise = f"    place{call.index}(run, out, {each.key!r}, value)"
        fast = self._fast(call)
        if fast is None:
            return [*lines, otherwise.strip()]
        condition, value = fast
        return [*lines, f"if {condition}:", f"    out[{each.key!r}] = {value}", "else:", otherwise]

    def _fast(self, call: Call) -> tuple[str, str] | None:
        """A condition under which a value is finished at once, and the expression that does it."""
        kind, index = call.selected.field.type, call.index
        kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if kind in _STRINGS or getattr(kind.coerce_output_value if is_leaf_type(kind) else None, "keeps_str", False):
            return "type(value) is str", "value"
        if kind is GraphQLBoolean:
            return "value is True or value is False", "value"
        if kind is GraphQLInt:
            return "type(value) is int and -2147483648 <= value <= 2147483647", "value"
        if is_leaf_type(kind):
            self._names[f"leaf{index}"] = serializer(kind)
            self._names[f"quiet{index}"] = _Quiet()
            return f"quiet{index}[type(value)]", f"leaf{index}(value)"
        item = None
        if is_list_type(kind):
            item = kind.of_type.of_type if isinstance(kind.of_type, GraphQLNonNull) else kind.of_type
        named = kind if item is None else item
        if not isinstance(named, GraphQLObjectType):
            return None
        self._generate(named, call.selected)
        made = self._made[named.name, tuple(id(node) for node in call.selected.nodes)]
        self._names[f"known_{named.name}"] = self.values.known.setdefault(named.name, set())
        if item is None:
            built = f"run.once({index}, {made}, value)" if call.leads_to_one else f"{made}(run, value)"
            return f"type(value) in known_{named.name}", built
        condition = f"type(value) is list and known_{named.name}.issuperset(map(type, value))"
        return condition, f"[{made}(run, each) for each in value]"


class _Quiet(dict[type, bool]):
    """Whether values of a class can be completed at once, asked once for each class."""

    def __missing__(self, kind: type) -> bool:
        found = self[kind] = quiet(kind)
        return found
