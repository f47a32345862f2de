"""Questions that are answered together: those that come while an answer is under way are gathered into the next."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


Answer = Callable[[list[Q]], Awaitable[Sequence[A | Exception]]]


class Gatherer(Generic[Q, A]):
    """Asks `answer` for many at once, `most` at a time. The answers are in the order of the questions.

    An answer that is an exception is raised to the one who asked; when `answer` itself fails, it fails for all. Whoever
    asks when an answer has been under way for `patience` seconds, as from a server that fell silent, asks beside it.
    """

    def __init__(self, answer: Answer[Q, A], *, most: int, patience: float = math.inf) -> None:
        self._answer = answer
        self._most = most
        self._patience = patience
        self._asked: list[tuple[Q, asyncio.Future[A]]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._began = -math.inf

    async def ask(self, question: Q) -> A:
        """The answer to one question."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        self._asked.append((question, future))
        # One that is done may still be among them: it has not looked at this question.
        if all(task.done() for task in self._tasks) or loop.time() - self._began > self._patience:
            self._began = loop.time()
            task = loop.create_task(self._serve())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def close(self) -> None:
        """Answer nobody any more; whoever still waits is cancelled."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.copy(), timeout=0.5)
        for _, future in self._asked:
            future.cancel()
        self._asked.clear()

    async def _serve(self) -> None:
        while self._asked:
            self._began = asyncio.get_running_loop().time()
            batch, self._asked = self._asked[: self._most], self._asked[self._most :]
            await _answered(self._answer, [item for item in batch if not item[1].done()])


class Together(Generic[Q, A]):
    """Asks `answer` for all who ask in one turn of the event loop, `most` at a time, and waits for no earlier answer.

    Nobody's question waits, and under load many turn up in one turn: those whose sessions were looked up together.
    """

    def __init__(self, answer: Answer[Q, A], *, most: int) -> None:
        self._answer = answer
        self._most = most
        self._asked: list[tuple[Q, asyncio.Future[A]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, question: Q) -> A:
        """The answer to one question. It is looked for to the end, also when nobody waits for it any more."""
        loop = asyncio.get_running_loop()
        if not self._asked:
            loop.call_soon(self._start)
        future: asyncio.Future[A] = loop.create_future()
        self._asked.append((question, future))
        return await future

    def _start(self) -> None:
        asked, self._asked = self._asked, []
        for start in range(0, len(asked), self._most):
            task = asyncio.create_task(_answered(self._answer, asked[start : start + self._most]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def _answered(answer: Answer[Q, A], batch: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
    try:
        answers: Sequence[A | Exception] = await answer([question for question, _ in batch])
    except asyncio.CancelledError:
        for _, future in batch:
            future.cancel()
        raise
    except Exception as error:
        answers = [error] * len(batch)
    for (_, future), found in zip(batch, answers, strict=True):
        if not future.done():
            future.set_exception(found) if isinstance(found, Exception) else future.set_result(found)
