"""Questions that are answered together: those that come while an answer is under way are gathered into the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Gatherer(Generic[Q, A]):
    """Asks `answer` for many at once, `most` at a time. The answers are in the order of the questions.

    An answer that is an exception is raised to the one who asked; when `answer` itself fails, it fails for all.
    """

    def __init__(self, answer: Callable[[list[Q]], Awaitable[Sequence[A | Exception]]], *, most: int) -> None:
        self._answer = answer
        self._most = most
        self._asked: list[tuple[Q, asyncio.Future[A]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """The answer to one question."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        self._asked.append((question, future))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._serve())
        return await future

    async def close(self) -> None:
        """Answer nobody any more; whoever still waits is cancelled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=0.5)
        for _, future in self._asked:
            future.cancel()
        self._asked.clear()

    async def _serve(self) -> None:
        while self._asked:
            batch, self._asked = self._asked[: self._most], self._asked[self._most :]
            batch = [item for item in batch if not item[1].done()]
            try:
                answers: Sequence[A | Exception] = await self._answer([question for question, _ in batch])
            except asyncio.CancelledError:
                for _, future in batch:
                    future.cancel()
                raise
            except Exception as error:
                answers = [error] * len(batch)
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_exception(answer) if isinstance(answer, Exception) else future.set_result(answer)
