"""The story that the pages of docs/api tell: their people act on a served application, and get the answers shown."""

import asyncio
import json
import os
import shlex
import subprocess
import sys
from collections import deque
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from graphql import OperationType

from tests.account_letters import token_in
from tests.by_example.names import Names
from tests.by_example.reading import Item, items
from tests.by_example.streams import Curl, EventStream, Socket, events_of, frames_of
from tests.community import Community, Person
from tests.devices import REFRESH
from tests.falling_due import ticker_on
from tests.listening import Completed, Ears
from tests.post_office import Round
from tests.servers import CHECKOUT, SECRET_KEY

WITHOUT_TOKEN = ("register", "logIn", "refreshSession", "resetPassword", "verifyEmail")
"""What apps send without an access token, since one that has ended would be refused."""


@dataclass
class Story:
    """What is known so far: people with their tokens, names, who acts, and what is open."""

    community: Community
    mail: Round
    names: Names = field(default_factory=Names)
    people: dict[str, Person] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    async def tell(self, page: str) -> None:
        """Do all of a page, in order."""
        self.told.append(page)
        self._left = deque(items(page))
        self._document: Item | None = None
        self._ears: dict[str, Ears] = {}
        self._stream: EventStream | Socket | None = None
        self._acts = self.community.nobody
        async with AsyncExitStack() as self._open:
            while self._left:
                await self._do(self._left.popleft())

    async def _do(self, item: Item) -> None:
        match item.kind:
            case "as":
                self._acts = self._person(item.says("who"))
                if "the same" in item.says("how"):
                    await self._operate(item)
            case "graphql":
                self._document = item
                await self._operate(item)
            case "at":
                await self._wait(item)
            case "hears":
                while event := self._next("json"):
                    await self._hear(event, self._ears[item.says("who")])
            case "no more":
                with pytest.raises(Completed):
                    await self._ears[item.says("who")].next()
            case "sh":
                await self._run(item)
            case "sse":
                await self._read(item)
            case "ws":
                await self._speak(item)
            case _:
                raise AssertionError(f"{item}: this is the answer to nothing")

    def _next(self, kind: str) -> Item | None:
        return self._left.popleft() if self._left and self._left[0].kind == kind else None

    def _person(self, name: str) -> Person:
        return self.people.setdefault(name, replace(self.community.nobody, name=name))

    def _same(self, item: Item, shown: Any, real: Any) -> None:
        found = self.names.difference(shown, real)
        assert found is None, f"{item}: {found}\n{json.dumps(real, indent=2, ensure_ascii=False)}"

    async def _operate(self, item: Item) -> None:
        """Send the operation of the last block, with the variables that follow; what follows then is the answer."""
        assert self._document is not None, f"{item}: the same as what?"
        operation, variables = self._document.operation, {}
        if operation.variable_definitions:
            given = self._next("json")
            assert given, f"{item}: its variables are missing"
            variables = await self._meant(given)
        if operation.operation is OperationType.SUBSCRIPTION:
            listening = self._acts.hears(self._document.text, **variables)
            self._ears[self._acts.name] = await self._open.enter_async_context(listening)
            return
        (root, *_) = (field.name.value for field in operation.selection_set.selections)
        asks = replace(self._acts, token=None) if root in WITHOUT_TOKEN else self._acts
        answer = await asks.ask(self._document.text, **variables)
        self._keep_session(answer)
        if shown := self._next("json"):
            self._same(shown, self._json(shown), answer)
        else:
            payloads = [value for value in (answer.get("data") or {}).values() if isinstance(value, dict)]
            refused = answer.get("errors") or [error for each in payloads for error in each.get("errors", ())]
            assert not refused, f"{item}: {refused}"

    def _json(self, item: Item) -> Any:
        try:
            return json.loads(item.text)
        except ValueError as error:
            raise AssertionError(f"{item}: {error}") from None

    async def _meant(self, item: Item) -> Any:
        """A block's variables, with ids and tokens in place of their names."""
        shown = self._json(item)
        for person in self.people.values():
            name = f"<token from {person.name}'s e-mail>"
            if name in item.text:
                self.names.known[name] = await self._token_mailed_to(person)
            self.names.known |= {
                f"<{person.name}'s access token>": person.token or "",
                f"<{person.name}'s refresh token>": person.refresh_token,
            }
        return self.names.meant(shown)

    async def _token_mailed_to(self, person: Person) -> str:
        """What stands behind `#token=` in the last e-mail to somebody; addresses begin with people's names."""
        await self.mail.goes(after=timedelta())
        letters = [each for each in self.mail.office.arrived if each["To"].startswith(f"{person.name.lower()}@")]
        return token_in(letters[-1])

    def _keep_session(self, answer: dict[str, Any]) -> None:
        """Whoever opens a session acts in it from then on."""
        for payload in (answer.get("data") or {}).values():
            if isinstance(payload, dict) and (session := payload.get("session")):
                self._acts.token = session["accessToken"]
                self._acts.refresh_token = session.get("refreshToken", "")

    async def _wait(self, item: Item) -> None:
        """Time passes, what is due is done, and everybody's app has gone on with its session."""
        clock = self.community.served.clock
        assert item.moment >= clock.now, f"{item}: it is {clock.now} already"
        clock.now = item.moment
        ticker = ticker_on(self.community.served)
        while await ticker.tick():
            pass
        assert ticker.failed == 0, f"{item}: a job failed"
        for person in self.people.values():
            if person.refresh_token:
                given = {"refreshToken": person.refresh_token}
                answer = await replace(person, token=None).ask(REFRESH, input=given)
                session = answer["data"]["refreshSession"]["session"]  # none for who was logged out meanwhile
                person.token = session and session["accessToken"]
                person.refresh_token = session["refreshToken"] if session else ""

    async def _hear(self, shown: Item, ears: Ears) -> None:
        value = self._json(shown)
        if isinstance(value, list):  # the payload of an `error`
            self._same(shown, value[0], await ears.refusal())
        else:
            ((name, event),) = value["data"].items()
            self._same(shown, {name: event}, {name: await ears.next()})

    async def _run(self, item: Item) -> None:
        command = item.text.replace("$TOKEN", self._acts.token or "")
        if not command.startswith("curl "):
            return await self._command(item)
        described = Curl.read(command)
        meant = replace(described, url=self.names.in_text(described.url), body=self.names.meant(described.body))
        request = meant.request(self.community.http, self.community.served.url)
        if "text/event-stream" in described.headers.values():
            self._stream = await EventStream.open(self.community.http, request, self._open)
            return None
        response = await self.community.http.send(request)
        if shown := self._next("json"):
            self._same(shown, self._json(shown), _without_cost(response.json()))
        else:
            assert response.status_code == 200, f"{item}: {response.status_code}"
        return None

    async def _command(self, item: Item) -> None:
        """`echo PASSWORD | mentorship …`, in a process of its own."""
        words = shlex.split(item.text)
        assert words[0] == "echo" and words[2:4] == ["|", "mentorship"], f"{item}: the tests do not know this command"
        settings = {"DATABASE_URL": self.community.served.database_url, "SECRET_KEY": SECRET_KEY}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MENTORSHIP_")}
        environment = kept | {f"MENTORSHIP_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-m", "server.cli", *words[4:]]
        options = {"cwd": CHECKOUT, "env": environment, "input": words[1], "text": True, "timeout": 120}
        await asyncio.to_thread(subprocess.run, command, check=True, **options)

    async def _read(self, item: Item) -> None:
        assert isinstance(self._stream, EventStream), f"{item}: no stream is open"
        for shown in events_of(item.text):
            self._same(item, list(shown), list(await self._stream.next()))

    async def _speak(self, item: Item) -> None:
        """Frames; those that begin with connection_init are a new socket's."""
        for arrow, frame in frames_of(item.text):
            if arrow == "←":
                assert isinstance(self._stream, Socket), f"{item}: no socket is open"
                self._same(item, frame, await self._stream.hear())
                continue
            assert isinstance(frame, dict)
            if frame["type"] == "connection_init":
                self._stream = await Socket.open(self.community.served.socket_url, self._open)
                bearer = f"Bearer <{self._acts.name}'s access token>"
                if frame["payload"]["authorization"] == bearer:
                    frame["payload"]["authorization"] = f"Bearer {self._acts.token}"
            assert isinstance(self._stream, Socket), f"{item}: no socket is open"
            await self._stream.say(self.names.meant(frame))


def _without_cost(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "extensions"}
