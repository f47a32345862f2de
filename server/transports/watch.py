"""One operation as operators see it: counted, timed and traced, and known to the lines that are logged meanwhile."""

import logging
from collections.abc import Collection, Mapping, Sequence
from contextvars import Token
from time import perf_counter
from typing import Any, Protocol

from strawberry.types.graphql import OperationType

from server.transports.asker import Authenticated
from server.transports.choice import Asked
from server.transports.current import Busy, current
from server.transports.names import OTHER, Names
from server.transports.parameters import Operation
from server.transports.tally import Tally

log = logging.getLogger(__name__)


class Trace(Protocol):
    """An operation's span, where traces are wanted."""

    id: str | None
    """By which it is found; None if it is not among those that are kept."""

    def enter(self) -> None:
        """What this task does now is a part of it."""

    def leave(self) -> None:
        """And no more."""

    def end(self, kind: str, name: str, ended: str, codes: Collection[str]) -> None:
        """It is over."""


class Tracer(Protocol):
    """Begins spans."""

    def begin(self, request_id: str) -> Trace:
        """The span of an operation that begins now, within the one that this task is busy with."""


class Documents(Protocol):
    """What knows the names in documents."""

    def named(self, text: str | None, name: str | None) -> str | None:
        """An operation's name, "" if it has none, None if the document is not a valid one that was asked for lately."""


class Watchers:
    """What all operations of a process are watched with. `tracer` is None where nobody wants traces."""

    def __init__(self, tally: Tally, names: Names, documents: Documents | None, tracer: Tracer | None) -> None:
        self.tally = tally
        self.names = names
        self.documents = documents
        self.tracer = tracer


class Watch:
    """From when an operation is asked for until `ended` is called, once.

    As a `with` block: what is done in it, and logged, is the operation's.
    """

    __slots__ = (
        "_codes",
        "_label",
        "_operation",
        "_since",
        "_token",
        "_trace",
        "_watchers",
        "_who",
        "asked",
        "request_id",
    )

    def __init__(
        self,
        watchers: Watchers,
        operation: Operation,
        allowed: Collection[OperationType],
        asker: Authenticated,
        request_id: str,
    ) -> None:
        self.asked = Asked(allowed)
        self.request_id = request_id
        self._watchers = watchers
        self._operation: Operation | None = operation
        self._who = asker.address if asker.person is None else asker.person
        self._label = OTHER
        self._codes: frozenset[str] = frozenset()
        self._token: Token[Busy | None] | None = None
        self._since: float | None = perf_counter()
        self._trace = None if watchers.tracer is None else watchers.tracer.begin(request_id)

    def __enter__(self) -> None:
        self._token = current.set(self)
        if self._trace is not None:
            self._trace.enter()

    def __exit__(self, *_: object) -> None:
        if self._trace is not None:
            self._trace.leave()
        if self._token is not None:
            current.reset(self._token)

    @property
    def name(self) -> str:
        """What it may be called: see names.py."""
        return self._watchers.names.shown(self._found) if self._operation is not None else self._label

    @property
    def trace_id(self) -> str | None:
        """By which its trace is found, if there is one."""
        return None if self._trace is None else self._trace.id

    def told(self, errors: Sequence[Mapping[str, Any]]) -> None:
        """Count errors that the client is told."""
        self._codes |= {error["extensions"]["code"] for error in errors}
        self._watchers.tally.told(errors)

    def opened(self) -> None:
        """A subscription has begun: that is what its client has waited for."""
        self._answered("done")

    def ended(self, how: str) -> None:
        """It is over: done, refused, failed or left."""
        if self._since is not None and how != "left":
            self._answered(how)
        kind, name = self.asked.type, self.name
        self._watchers.tally.operations[kind, how] += 1
        if self._trace is not None:
            self._trace.end(kind, name, how, self._codes)

    def _answered(self, how: str) -> None:
        seconds, self._since = perf_counter() - (self._since or 0.0), None
        found, names, kind = self._found, self._watchers.names, self.asked.type
        if how == "done":
            names.answered(found, self._who)
        self._label, self._operation = names.shown(found), None
        self._watchers.tally.operation_seconds[kind, self._label].observe(seconds)
        if log.isEnabledFor(logging.DEBUG):
            with self:
                log.debug("The %s was answered after %.1f ms (%s).", kind, seconds * 1000, how)

    @property
    def _found(self) -> str | None:
        operation, documents = self._operation, self._watchers.documents
        if operation is None or documents is None:
            return None
        return documents.named(operation.query, operation.operation_name)
