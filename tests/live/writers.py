"""Members who write: mixed changes to their pair, each tried again under one key until it is acknowledged."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx

from tests.documents import (
    COMPLETE_STEP,
    CREATE_COMMENT,
    CREATE_POST,
    DELETE_COMMENT,
    DELETE_POST,
    EDIT_COMMENT,
    EDIT_POST,
    REOPEN_STEP,
)
from tests.live.carriers import Lost, OperationFailed, over_socket
from tests.live.pairs import Member, Sown

PATIENCE = 60.0
"""Seconds in which a change must be acknowledged, whatever breaks."""

ANSWER_SECONDS = 5.0


class Acknowledged(NamedTuple):
    """A change that the server has said to have made: its kind in the log, its subject's global id, when, and in how
    many attempts."""

    kind: str
    subject: str
    at: float
    attempts: int


class Act(NamedTuple):
    """What to send: a mutation, its input, and where its answer names the subject."""

    kind: str
    document: str
    input: dict[str, Any]
    noun: str


@dataclass(eq=False)
class Writer:
    """One of the two, who writes through any of the workers, mostly by POST and sometimes over a socket of his own."""

    pair: Sown
    member: Member
    urls: Sequence[str]
    http: httpx.AsyncClient
    choose: random.Random
    steps: Sequence[str]
    shared_posts: list[str]
    acknowledged: list[Acknowledged] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    _posts: list[str] = field(default_factory=list)
    _comments: list[str] = field(default_factory=list)

    async def write(self) -> None:
        """Make one change and see it acknowledged. A step that is not to be done now makes place for another act."""
        while not await self._make(self._think()):
            self.refused += 1

    async def post(self, body: str) -> str:
        """A post's global id."""
        await self._make(self._new_post(body))
        return self._posts[-1]

    def _think(self) -> Act:
        options: list[tuple[int, Callable[[], Act]]] = [(35, lambda: self._new_post(self._words()))]
        if self.shared_posts:
            options.append((20, self._new_comment))
        if self._posts:
            options += [(14, self._edited_post), (6, self._deleted_post)]
        if self._comments:
            options += [(6, self._edited_comment), (4, self._deleted_comment)]
        options.append((15, self._step))
        weights, acts = zip(*options, strict=True)
        return self.choose.choices(acts, weights)[0]()

    def _new_post(self, body: str) -> Act:
        given = {"matchId": self.pair.id, "body": body, "idempotencyKey": self._key()}
        return Act("POST_ADDED", CREATE_POST, given, "post")

    def _new_comment(self) -> Act:
        given = {"postId": self.choose.choice(self.shared_posts[-20:]), "body": self._words()}
        return Act("COMMENT_ADDED", CREATE_COMMENT, given | {"idempotencyKey": self._key()}, "comment")

    def _edited_post(self) -> Act:
        return Act(
            "POST_CHANGED", EDIT_POST, {"postId": self.choose.choice(self._posts), "body": self._words()}, "post"
        )

    def _edited_comment(self) -> Act:
        given = {"commentId": self.choose.choice(self._comments), "body": self._words()}
        return Act("COMMENT_CHANGED", EDIT_COMMENT, given, "comment")

    def _deleted_post(self) -> Act:
        return Act("POST_CHANGED", DELETE_POST, {"postId": self._taken(self._posts)}, "post")

    def _deleted_comment(self) -> Act:
        return Act("COMMENT_CHANGED", DELETE_COMMENT, {"commentId": self._taken(self._comments)}, "comment")

    def _step(self) -> Act:
        step = {"stepProgressId": self.steps[min(int(self.choose.expovariate(0.6)), len(self.steps) - 1)]}
        document = COMPLETE_STEP if self.choose.random() < 0.6 else REOPEN_STEP
        return Act("STEP_PROGRESSED", document, step, "stepProgress")

    def _taken(self, mine: list[str]) -> str:
        return mine.pop(self.choose.randrange(len(mine)))

    def _words(self) -> str:
        return f"{self.choose.randrange(10**9)} words"

    def _key(self) -> str:
        return f"{self.choose.getrandbits(64):x}"

    async def _make(self, act: Act) -> bool:
        """Try until it is acknowledged; False when it is refused. Raises AssertionError when neither comes in time."""
        deadline, attempts = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            attempts += 1
            try:
                payload = await self._attempt(act)
            except (httpx.TransportError, Lost) as error:
                self.failures[type(error).__name__] += 1
            except OperationFailed as failure:
                assert failure.codes == {"INTERNAL"}, failure
                self.failures["INTERNAL"] += 1
            else:
                return self._answered(act, payload, attempts)
            await asyncio.sleep(self.choose.uniform(0.02, 0.2))
        raise AssertionError(f"{act.kind} was not acknowledged in {PATIENCE} s: {self.failures}")

    def _answered(self, act: Act, payload: dict[str, Any], attempts: int) -> bool:
        if codes := {error["code"] for error in payload["errors"]}:
            # Reopened by an attempt whose answer was lost: it is open now, as it should be.
            if act.document is REOPEN_STEP and attempts > 1 and codes == {"ILLEGAL_TRANSITION"}:
                return True
            assert act.noun == "stepProgress" and codes <= {"ILLEGAL_TRANSITION", "FORBIDDEN"}, payload
            return False
        subject = payload[act.noun]["id"]
        self.acknowledged.append(Acknowledged(act.kind, subject, time.monotonic(), attempts))
        if act.document is CREATE_POST:
            self._posts.append(subject)
            self.shared_posts.append(subject)
        elif act.document is CREATE_COMMENT:
            self._comments.append(subject)
        return True

    async def _attempt(self, act: Act) -> dict[str, Any]:
        url = self.choose.choice(self.urls)
        if self.choose.random() < 0.2:
            return await self._over_socket(url, act)
        body = {"query": act.document, "variables": {"input": act.input}}
        headers = {"authorization": f"Bearer {self.member.token}"}
        response = await self.http.post(f"{url}/graphql", json=body, headers=headers, timeout=ANSWER_SECONDS)
        if response.status_code in (502, 503):  # a proxy's, about a server that restarts
            raise Lost
        answer = response.json()
        if "errors" in answer:
            raise OperationFailed(answer["errors"])
        (payload,) = answer["data"].values()
        return payload

    async def _over_socket(self, url: str, act: Act) -> dict[str, Any]:
        """One in three of these is cut while the server is at work."""
        cut_after = self.choose.uniform(0.0, 0.03) if self.choose.random() < 0.33 else None

        def abortable(cut: Callable[[], None]) -> None:
            if cut_after is not None:
                asyncio.get_running_loop().call_later(cut_after, cut)

        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                async for data in over_socket(url, self.member.token, act.document, {"input": act.input}, abortable):
                    (payload,) = data.values()
                    return payload
        except TimeoutError:
            raise Lost from None
        raise Lost
