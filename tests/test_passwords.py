"""Logging in: the password is hashed with care, and nobody learns from a refusal who has an account."""

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest
from argon2 import PasswordHasher

from resolvers import accounts, passwords
from tests.community import PASSWORD, Community, Person
from tests.devices import VIEWER, another_device
from tests.documents import LOG_IN


async def password_hash(community: Community, person: Person) -> str:
    return await community.database.fetchval("SELECT password_hash FROM users WHERE email = $1", person.email)


class Counting(PasswordHasher):
    """Counts how often a password was hashed, since an answer's time is made of little else, and the longest one."""

    __slots__ = ["longest", "runs"]
    runs: int
    longest: int

    def hash(self, password: bytes, **kwargs: Any) -> str:
        self._count(password)
        return super().hash(password, **kwargs)

    def verify(self, stored: str, password: bytes) -> bool:
        self._count(password)
        return super().verify(stored, password)

    def _count(self, password: bytes) -> None:
        self.runs += 1
        self.longest = max(self.longest, len(password))


class Held(PasswordHasher):
    """Hashes for as long as it is told to."""

    __slots__ = ["released", "started"]

    def verify(self, *args: Any) -> bool:
        self.started.set()
        assert self.released.wait(8), "nobody let the hash end"
        return super().verify(*args)


async def test_maya_logs_in_with_her_address_written_as_she_likes(community: Community) -> None:
    maya = await community.person("Maya")
    again = await another_device(replace(maya, email=f" {maya.email.upper()} "))
    assert again.token != maya.token
    assert (await again.do(VIEWER))["user"]["id"] == maya.id


async def test_a_password_is_the_same_from_every_keyboard(community: Community) -> None:
    """One composes ü as one character, the other as two."""
    jurgen = await community.person("Jürgen", email="juergen@example.org", password="Seife für M\u00fcnchen")
    jurgen = replace(jurgen, email="juergen@example.org")
    assert await another_device(jurgen, "Seife für Mu\u0308nchen")


async def test_who_may_not_log_in_does_not_learn_why(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password, an address without an account, one that cannot be, and a suspended person with the right
    password: the same answer, after the same work. So nobody learns whether somebody has an account here."""
    maya, zoe = await community.people("Maya", "Zoe")
    await accounts.suspend(email=zoe.email, now=community.served.clock.now)
    counting = Counting(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", counting)
    attempts = [
        (maya.email, "not her password"),
        (maya.email, ""),
        (maya.email, "x" * 100_000),
        ("nobody.at.all@example.org", PASSWORD),
        ("no address", PASSWORD),
        ("nul\x00@example.org", PASSWORD),
        (zoe.email, PASSWORD),
    ]

    answers = []
    async with community.nothing_changes():
        for email, password in attempts:
            counting.runs = counting.longest = 0
            answers.append(await community.nobody.ask(LOG_IN, input={"email": email, "password": password}))
            assert counting.runs == 1, f"{email} took {counting.runs} hashes"
            assert counting.longest <= 200, "a password that is too long to be one is not worked on"
    assert all(answer == answers[0] for answer in answers)
    (error,) = answers[0]["data"]["logIn"]["errors"]
    assert (error["code"], error["path"]) == ("UNAUTHENTICATED", None)


async def test_a_log_in_renews_a_hash_that_is_weaker_than_today_s(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when three log in at once; her password stays what it was."""
    maya = await community.person("Maya")
    before = await password_hash(community, maya)
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))

    await asyncio.gather(*(another_device(maya) for _ in range(3)))
    renewed = await password_hash(community, maya)
    assert "m=8,t=1" in before
    assert "m=16,t=2" in renewed
    await another_device(maya)
    assert await password_hash(community, maya) == renewed


async def test_others_are_served_while_a_password_is_hashed(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tom's question is answered while Maya's log-in is still being worked on."""
    maya, tom = await community.people("Maya", "Tom")
    held = Held(time_cost=1, memory_cost=8, parallelism=1)
    held.started, held.released = threading.Event(), threading.Event()
    monkeypatch.setattr(passwords, "hasher", held)

    logging_in = asyncio.create_task(another_device(maya))
    try:
        assert await asyncio.to_thread(held.started.wait, 8)
        assert (await tom.do(VIEWER))["email"] == tom.email
        assert not logging_in.done()
    finally:
        held.released.set()
    assert (await logging_in).token
