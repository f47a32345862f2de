"""People who act through the API, and the places where they meet."""

import itertools
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from tests import listening
from tests.documents import (
    ADVANCE_PROGRAM,
    CREATE_GROUP,
    CREATE_MATCH,
    CREATE_PROGRAM,
    JOIN_GROUP,
    REGISTER,
    SIGN_UP,
)
from tests.listening import Ears
from tests.servers import Served

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


@dataclass
class Person:
    """Somebody with an account, or `nobody` without a token."""

    name: str
    served: Served
    http: httpx.AsyncClient
    id: str = ""
    email: str = ""
    token: str | None = None
    refresh_token: str = ""

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Send an operation; the whole response but for what it cost, which says nothing about what was answered."""
        headers = {} if self.token is None else {"authorization": f"Bearer {self.token}"}
        body = {"query": document, "variables": variables}
        answer = (await self.http.post(f"{self.served.url}/graphql", json=body, headers=headers)).json()
        answer.pop("extensions", None)
        return answer

    async def do(self, document: str, **variables: Any) -> Any:
        """Send an operation that must succeed; the value of its one root field, a mutation's without refusals."""
        answer = await self.ask(document, **variables)
        assert "errors" not in answer, answer["errors"]
        (value,) = answer["data"].values()
        if isinstance(value, dict) and "errors" in value:
            assert value["errors"] == [], value["errors"]
        return value

    async def refused(self, document: str, **variables: Any) -> dict[str, Any]:
        """Send a mutation that must be refused; its one UserError."""
        answer = await self.ask(document, **variables)
        assert "errors" not in answer, answer["errors"]
        (payload,) = answer["data"].values()
        assert len(payload["errors"]) == 1, payload
        assert all(value is None for name, value in payload.items() if name != "errors"), payload
        return payload["errors"][0]

    def hears(self, document: str, **variables: Any) -> AbstractAsyncContextManager[Ears]:
        """Subscribe over a socket."""
        return listening.over_socket(self.served.socket_url, self.token, document, variables, self.served.openings)

    def hears_events(self, document: str, **variables: Any) -> AbstractAsyncContextManager[Ears]:
        """Subscribe over server-sent events."""
        url = f"{self.served.url}/graphql"
        return listening.over_events(url, self.token, document, variables, self.served.openings)


@dataclass
class Pair:
    """A match and its two people, the admin who made it, and the program it is in."""

    id: str
    mentor: Person
    mentee: Person
    admin: Person
    group: str
    program: str
    sign_ups: dict[str, str] = field(default_factory=dict)


@dataclass
class Community:
    """Where people come from. Names may repeat: every person has an e-mail address of his own."""

    served: Served
    http: httpx.AsyncClient
    database: asyncpg.Connection

    @classmethod
    @asynccontextmanager
    async def on(cls, served: Served) -> AsyncIterator["Community"]:
        """A community on a running server."""
        connection = await asyncpg.connect(served.database_url)
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
        try:
            async with httpx.AsyncClient(timeout=30, limits=limits) as http:
                yield cls(served, http, connection)
        finally:
            await connection.close()

    @property
    def nobody(self) -> Person:
        """Somebody who is not signed in."""
        return Person("nobody", self.served, self.http)

    async def person(self, name: str, **changes: Any) -> Person:
        """A new account, logged in. `changes` go into RegisterInput, such as birthDate or timeZone."""
        email = f"{''.join(filter(str.isalnum, name.lower()))}-{next(_numbers)}@example.org"
        given = {"email": email, "password": PASSWORD, "name": name, "birthDate": "1988-05-17", "timeZone": "UTC"}
        made = await self.nobody.do(REGISTER, input=given | changes)
        session = made["session"]
        return Person(
            name, self.served, self.http, made["user"]["id"], email, session["accessToken"], session["refreshToken"]
        )

    async def people(self, *names: str) -> list[Person]:
        """Several new accounts."""
        return [await self.person(name) for name in names]

    async def group(self, admin: Person, *members: Person, **changes: Any) -> str:
        """A new group's id, with its admin and members. `changes` go into CreateGroupInput."""
        given = {
            "name": "Soap Makers",
            "slug": f"soap-makers-{next(_numbers)}",
            "focus": "PROFESSIONAL",
            "description": "We make soap and sell it.",
            "topics": ["soap", "pricing"],
        }
        group_id = (await admin.do(CREATE_GROUP, input=given | changes))["group"]["id"]
        for member in members:
            await member.do(JOIN_GROUP, input={"groupId": group_id})
        return group_id

    async def program(self, admin: Person, group_id: str, *, state: str = "SIGN_UP", **changes: Any) -> str:
        """A new program's id, in DRAFT or SIGN_UP. `changes` go into CreateProgramInput."""
        given = {
            "groupId": group_id,
            "templateKey": "skill_development",
            "title": "Spring round",
            "description": "Eight weeks, one skill.",
        }
        program_id = (await admin.do(CREATE_PROGRAM, input=given | changes))["program"]["id"]
        if state != "DRAFT":
            await self.advance(admin, program_id, state)
        return program_id

    async def advance(self, admin: Person, program_id: str, state: str) -> None:
        """Take a program to a state that is next."""
        await admin.do(ADVANCE_PROGRAM, input={"programId": program_id, "to": state})

    async def sign_up(self, person: Person, program_id: str, role: str, **changes: Any) -> str:
        """A new sign-up's id. `changes` go into SignUpInput."""
        given = {
            "programId": program_id,
            "role": role,
            "topics": ["pricing"],
            "goals": f"{person.name} would like to price soap well.",
            "experience": "Ten years of markets." if role == "MENTOR" else None,
            "languages": ["en"],
            "timeZone": "Europe/Berlin",
        }
        return (await person.do(SIGN_UP, input=given | changes))["signUp"]["id"]

    async def pair(self, mentor: str = "Maya", mentee: str = "Tom", **program: Any) -> Pair:
        """A new pair, INTRODUCED, in a program of its own that is MATCHING."""
        admin, first, second = await self.people("Ada", mentor, mentee)
        group_id = await self.group(admin, first, second)
        program_id = await self.program(admin, group_id, **program)
        sign_ups = {
            "MENTOR": await self.sign_up(first, program_id, "MENTOR"),
            "MENTEE": await self.sign_up(second, program_id, "MENTEE"),
        }
        await self.advance(admin, program_id, "MATCHING")
        given = {"mentorSignUpId": sign_ups["MENTOR"], "menteeSignUpId": sign_ups["MENTEE"]}
        match = (await admin.do(CREATE_MATCH, input=given))["match"]
        return Pair(match["id"], first, second, admin, group_id, program_id, sign_ups)

    async def everything(self) -> dict[str, str]:
        """A fingerprint of every table: the same before and after means that nothing was written and nobody was told,
        since whoever is told of something is told of a row of the log. Attempts alone are counted also when they
        are refused."""
        tables = await self.database.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'attempts'"
        )
        return {
            table: await self.database.fetchval(
                f"SELECT md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), '')) FROM {table} AS row"
            )
            for (table,) in tables
        }

    @asynccontextmanager
    async def nothing_changes(self) -> AsyncIterator[None]:
        """Whatever is tried in the block leaves no trace."""
        before = await self.everything()
        yield
        after = await self.everything()
        assert after == before, f"written to: {[table for table in after if after[table] != before[table]]}"
