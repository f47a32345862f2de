"""Completing values: for every type of the schema a function that puts a finished value into its place."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from enum import Enum
from types import GeneratorType
from typing import Any

import orjson
from graphql import (
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
)
from graphql.execution.execute import default_type_resolver
from graphql.pyutils import is_iterable
from strawberry.execution.is_awaitable import optimized_is_awaitable as is_awaitable
from strawberry.schema.types.base_scalars import isoformat

from schema.compiled.run import Place, Run, Unsupported, drop


def quiet(kind: type) -> bool:
    """Whether no instance of this class has to be waited for, or raised: its values can be completed at once."""
    return not (hasattr(kind, "__await__") or issubclass(kind, (Exception, GeneratorType, type(None))))


def placed(place: Place, *, lies_there: bool) -> Place:
    """`place`, for a value that may be an exception, or has to be waited for first.

    What `lies_there` as a part of another value can be waited for once only: not if graphql-core may yet be handed it.
    """

    def put(run: Run, into: Any, key: Any, value: Any) -> None:
        if isinstance(value, Exception):
            raise value
        if is_awaitable(value):
            if lies_there and run.hands_on:
                raise Unsupported("an awaitable within a value")
            run.wait_for(value, finished, into, key)
        else:
            place(run, into, key, value)

    def finished(run: Run, into: Any, key: Any, value: Any) -> None:
        if isinstance(value, Exception):
            raise value
        place(run, into, key, value)

    return put


def is_collection(value: Any) -> bool:
    """Whether a value is a list to GraphQL, and can be gone through again."""
    return isinstance(value, (list, tuple)) or (isinstance(value, Collection) and is_iterable(value))


class Values:
    """Makes the completing functions of a plan. `generate` gives the function of a selection on an object type."""

    def __init__(
        self, schema: GraphQLSchema, generate: Callable[[GraphQLObjectType, Any], Callable[[Run, Any], dict[str, Any]]]
    ) -> None:
        self._schema, self._generate = schema, generate
        self.known: dict[str, set[type]] = {}
        """For each object type the classes whose instances are known to be of it, and can be completed at once."""

    def place(self, kind: Any, call: Any) -> Place:
        """The function for values of a field's type."""
        if isinstance(kind, GraphQLNonNull):
            inner = self._nullable(kind.of_type, call)

            def some(run: Run, into: Any, key: Any, value: Any) -> None:
                if value is None or value is Undefined:
                    raise TypeError("Cannot return null for a non-nullable field.")
                inner(run, into, key, value)

            return placed(some, lies_there=call.lies_there)
        inner = self._nullable(kind, call)

        def any_or_none(run: Run, into: Any, key: Any, value: Any) -> None:
            if value is None or value is Undefined:
                into[key] = None
            else:
                inner(run, into, key, value)

        return placed(any_or_none, lies_there=call.lies_there)

    def _nullable(self, kind: Any, call: Any) -> Place:
        if is_list_type(kind):
            return self._list(self.place(kind.of_type, call), call.lies_there)
        if is_leaf_type(kind):
            serialize = serializer(kind)

            def leaf(run: Run, into: Any, key: Any, value: Any) -> None:
                into[key] = serialize(value)

            return leaf
        if is_abstract_type(kind):
            return self._abstract(kind, call)
        return self._object(kind, call)

    def _list(self, item: Place, lies_there: bool) -> Place:
        def items(run: Run, into: Any, key: Any, value: Any) -> None:
            if not is_collection(value):
                # What can be gone through once only would be empty for graphql-core, should something raise.
                raise Unsupported("a list that is no collection")
            values = list(value)
            into[key] = found = [None] * len(values)
            for index, each in enumerate(values):
                try:
                    item(run, found, index, each)
                except BaseException:
                    if not (lies_there and run.hands_on):
                        drop(values[index + 1 :])
                    raise

        return items

    def _object(self, kind: GraphQLObjectType, call: Any) -> Place:
        generated = self._generate(kind, call.selected)
        known = self.known.setdefault(kind.name, set())
        is_type_of = kind.is_type_of

        def one(run: Run, into: Any, key: Any, value: Any) -> None:
            if is_type_of is not None:
                of_it = is_type_of(value, run.raw(call.index))
                if of_it is not True:
                    raise Unsupported("another type") if not is_awaitable(of_it) else _closed(of_it)
            if quiet(type(value)) and (is_type_of is None or getattr(is_type_of, "by_class", False)):
                known.add(type(value))
            into[key] = generated(run, value)

        return one

    def _abstract(self, kind: GraphQLAbstractType, call: Any) -> Place:
        resolve_type = kind.resolve_type or default_type_resolver
        objects = {each.name: self._object(each, call) for each in self._schema.get_possible_types(kind)}

        def one(run: Run, into: Any, key: Any, value: Any) -> None:
            name = resolve_type(value, run.raw(call.index), kind)
            if not isinstance(name, str):
                raise _closed(name)
            if name not in objects:
                raise Unsupported("another type")
            objects[name](run, into, key, value)

        return one


def serializer(kind: GraphQLLeafType) -> Callable[[Any], Any]:
    """The type's own coercion of results, which never gives null. An enum's members are coerced once each."""
    coerce = kind.coerce_output_value

    def serialize(value: Any) -> Any:
        found = coerce(value)
        if found is None or found is Undefined:
            raise TypeError(f"{kind.name} has no such value.")
        return found

    if coerce is isoformat:
        return _moments(serialize)
    if not isinstance(kind, GraphQLEnumType):
        return serialize
    members: dict[Enum, Any] = {}

    def member(value: Any) -> Any:
        if not isinstance(value, Enum):
            return serialize(value)
        found = members.get(value)
        if found is None:
            found = members[value] = serialize(value)
        return found

    return member


def _moments(serialize: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`isoformat` of what it is mostly asked for, moments in UTC, which orjson writes alike in a third of the time."""
    dumps = orjson.dumps

    def moment(value: Any) -> Any:
        if type(value) is datetime and value.tzinfo is UTC:
            return dumps(value)[1:-1].decode()
        return serialize(value)

    return moment


def _closed(value: Any) -> Unsupported:
    """graphql-core will ask anew what has to be waited for here."""
    if hasattr(value, "close"):
        value.close()
    return Unsupported("a type that is told later")
