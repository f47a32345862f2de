"""The operation that a task is busy with: what a line of the log belongs to."""

from contextvars import ContextVar
from typing import Protocol


class Busy(Protocol):
    """What a line may say of its operation."""

    request_id: str

    @property
    def name(self) -> str:
        """What it may be called."""

    @property
    def trace_id(self) -> str | None:
        """By which its trace is found, if there is one."""


current: ContextVar[Busy | None] = ContextVar("operation", default=None)
