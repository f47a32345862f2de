"""One run of a plan: what its generated functions ask for, and values that have to be waited for, wave after wave."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql.execution.values import VariableValues
from strawberry.execution.is_awaitable import optimized_is_awaitable as is_awaitable

if TYPE_CHECKING:
    from schema.compiled.plans import Plan

Place = Callable[["Run", Any, Any, Any], None]
"""Completes a value and puts it into a dict or list under a key."""


COMPILED = "compiled"
"""How operations are counted that a plan finished; the others are counted by why none did."""


class Unsupported(Exception):
    """A plan cannot do this; `reason` names it in the metrics. graphql-core executes the operation instead."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Awaited(NamedTuple):
    """A value that has to be waited for, and where it goes."""

    value: Awaitable[Any]
    place: Place
    into: Any
    key: Any


class Run:
    """One execution: its context, root value and variables. A field's arguments are coerced once.

    `hands_on`: should it raise, graphql-core is given the values of root fields, so nothing in them may be used up.
    """

    __slots__ = (
        "_arguments",
        "_given",
        "_infos",
        "_raws",
        "_shown",
        "context",
        "extensions",
        "hands_on",
        "plan",
        "queue",
        "root",
        "variables",
    )

    def __init__(
        self, plan: "Plan", root: Any, context: Any, variables: VariableValues, extensions: dict[str, Any] | None
    ) -> None:
        self.plan, self.root, self.context, self.variables, self.extensions = plan, root, context, variables, extensions
        self.hands_on = False
        self.queue: list[Awaited] = []
        self._arguments: dict[int, dict[str, Any]] = {}
        self._given: dict[int, dict[str, Any]] = {}
        self._infos: dict[int, Any] = {}
        self._raws: dict[int, Any] = {}
        self._shown: dict[tuple[int, int], tuple[Any, dict[str, Any]]] = {}

    def once(self, index: int, made: Callable[["Run", Any], dict[str, Any]], value: Any) -> dict[str, Any]:
        """The object that `made` builds of a value, built once for all rows whose field leads to that very value."""
        key = index, id(value)
        found = self._shown.get(key)
        if found is None:
            found = self._shown[key] = value, made(self, value)  # kept with it, so that its id stays its own
        return found[1]

    def raw(self, index: int) -> Any:
        """The field's GraphQLResolveInfo. Its path names response keys; where in a list a value lies it leaves out."""
        found = self._raws.get(index)
        if found is None:
            found = self._raws[index] = self.plan.calls[index].raw_info(self)
        return found

    def info(self, index: int) -> Any:
        """The field's info as Strawberry's resolvers take it."""
        found = self._infos.get(index)
        if found is None:
            found = self._infos[index] = self.plan.calls[index].info(self.raw(index))
        return found

    def given(self, index: int) -> dict[str, Any]:
        """The field's coerced arguments, as graphql-core hands them over. Raises GraphQLError."""
        found = self._given.get(index)
        if found is None:
            call = self.plan.calls[index]
            found = self._given[index] = call.selected.arguments(self.variables.coerced)
        return found

    def arguments(self, index: int) -> dict[str, Any]:
        """The field's arguments as its resolver takes them. An input object is made anew for each call."""
        found = self._arguments.get(index)
        if found is not None:
            return found
        call = self.plan.calls[index]
        found = call.inputs.converted(self.given(index), call.definition.arguments, self.info(index))
        if all(type(value) in _IMMUTABLE for value in found.values()):
            self._arguments[index] = found
        return found

    def wait_for(self, value: Awaitable[Any], place: Place, into: Any, key: Any) -> None:
        """Keep the key's place in the response, and complete the value when its wave comes."""
        into[key] = None
        self.queue.append(Awaited(value, place, into, key))

    async def settle(self) -> None:
        """Wait for what is queued, and for what that leads to. All of a wave starts together, so that loaders batch."""
        try:
            while self.queue:
                wave, self.queue = self.queue, []
                if len(wave) == 1:
                    found = [await wave[0].value]
                else:
                    found = await _together([each.value for each in wave])
                self._place(wave, found)
        finally:
            self.abandon()

    def _place(self, wave: list[Awaited], found: list[Any]) -> None:
        for index, (each, value) in enumerate(zip(wave, found, strict=True)):
            try:
                if is_awaitable(value):
                    raise Unsupported("awaitable of an awaitable")
                each.place(self, each.into, each.key, value)
            except BaseException:
                drop(found[index:])
                raise

    def abandon(self) -> None:
        """Let go of what will not be waited for, since something else raised."""
        drop([each.value for each in self.queue])
        self.queue.clear()


def drop(value: Any) -> None:
    """Let go of a value that nobody will look at: coroutines in it are closed, and what futures raise is taken."""
    if asyncio.iscoroutine(value):
        value.close()
    elif isinstance(value, asyncio.Future):
        value.add_done_callback(_taken)
    elif isinstance(value, (list, tuple)):
        for each in value:
            drop(each)


_IMMUTABLE = {str, int, float, bool, type(None)}


async def _together(values: list[Awaitable[Any]]) -> list[Any]:
    """All values. Where one raises, the others are cancelled and settled before the exception goes on.

    A future is another's, such as a loader's: it is left alone, and an exception of its own is taken.
    """
    futures = [asyncio.ensure_future(value) for value in values]
    try:
        # Not `gather`, which would cancel also what is another's when it is cancelled itself.
        done, _ = await asyncio.wait(futures, return_when=asyncio.FIRST_EXCEPTION)
        for future in done:
            future.result()
        return [future.result() for future in futures]
    except BaseException:
        own = [future for future, value in zip(futures, values, strict=True) if future is not value]
        for future in own:
            future.cancel()
        drop(await asyncio.gather(*own, return_exceptions=True))
        drop(futures)
        raise


def _taken(future: "asyncio.Future[Any]") -> None:
    if not future.cancelled():
        future.exception()
