"""Accounts: who may register, and with what."""

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.community import PASSWORD, Community
from tests.devices import VIEWER, another_device
from tests.documents import REGISTER

MAYA = {
    "email": "maya.soap@example.org",
    "password": PASSWORD,
    "name": "Maya Okafor-Lindqvist",
    "birthDate": "1988-05-17",
    "timeZone": "Europe/Berlin",
}
_numbers = itertools.count(1)


async def test_maya_registers_and_is_logged_in(community: Community) -> None:
    """Her address is kept without the blanks and capitals she typed, the rest as she gave it."""
    given = MAYA | {"email": " Maya.Register@Example.ORG ", "locale": "pt-BR"}
    payload = await community.nobody.do(REGISTER, input=given)

    maya = replace(community.nobody, token=payload["session"]["accessToken"])
    assert await maya.do(VIEWER) == {
        "user": {
            "id": payload["user"]["id"],
            "name": "Maya Okafor-Lindqvist",
            "timeZone": "Europe/Berlin",
            "locale": "pt-BR",
        },
        "email": "maya.register@example.org",
        "birthDate": "1988-05-17",
    }


@pytest.mark.parametrize("locale", [{}, {"locale": None}])
async def test_who_names_no_language_is_spoken_to_in_english(community: Community, locale: dict[str, None]) -> None:
    tom = await community.person("Tom", **locale)
    assert (await tom.do(VIEWER))["user"]["locale"] == "en"


async def test_a_girl_of_twelve_may_register(community: Community) -> None:
    """Anybody may; only programs ask how old one is (DESIGN.md, rule 3)."""
    lina = await community.person("Lina", birthDate="2014-01-31")
    assert (await lina.do(VIEWER))["birthDate"] == "2014-01-31"


async def test_nobody_else_can_ask_for_a_birth_date_or_an_e_mail_address(community: Community) -> None:
    """No field of a person holds them: they hang under `viewer` alone."""
    fields = await community.nobody.do('{ __type(name: "User") { fields { name } } }')
    assert {"id", "name"} <= {field["name"] for field in fields["fields"]}
    assert {field["name"] for field in fields["fields"]}.isdisjoint({"birthDate", "email", "age", "passwordHash"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "maya"}, "email"),
        ({"email": "maya@"}, "email"),
        ({"email": "@example.org"}, "email"),
        ({"email": "maya@example"}, "email"),
        ({"email": "maya@.example.org"}, "email"),
        ({"email": "maya@exam ple.org"}, "email"),
        ({"email": "maya@tom@example.org"}, "email"),
        ({"email": "maya@example.org\nbcc:tom@example.org"}, "email"),
        ({"email": "ma\x00ya@example.org"}, "email"),
        ({"email": "m" * 243 + "@example.org"}, "email"),
        ({"email": "İ" * 200 + "@example.org"}, "email"),  # each becomes two characters in lower case
        ({"password": ""}, "password"),
        ({"password": "short one"}, "password"),
        ({"password": "x" * 100_000}, "password"),
        ({"password": "aB3$" * 50 + "!"}, "password"),
        ({"password": "aaaaaaaaaaaa"}, "password"),
        ({"password": " " * 12}, "password"),
        ({"password": "Maya.Soap@example.org"}, "password"),
        ({"password": "maya okafor-lindqvist "}, "password"),
        ({"password": "0123456789"}, "password"),
        ({"password": "password2026"}, "password"),
        ({"password": "Qwertyuiop1"}, "password"),
        ({"password": "Lindqvist1"}, "password"),
        ({"password": "aB3$" * 50}, "password"),
        ({"name": ""}, "name"),
        ({"name": " \t "}, "name"),
        ({"name": "M" * 81}, "name"),
        ({"name": "Maya\nOkafor"}, "name"),
        ({"name": "Ma\x00ya"}, "name"),
        ({"birthDate": "1899-12-31"}, "birthDate"),
        ({"birthDate": "2300-01-01"}, "birthDate"),
        ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ({"timeZone": "../../etc/passwd"}, "timeZone"),
        ({"timeZone": ""}, "timeZone"),
        ({"locale": "English, please"}, "locale"),
        ({"locale": "x" * 36}, "locale"),
    ],
)
async def test_what_cannot_be_is_refused_and_leaves_nothing_behind(
    community: Community, change: dict[str, str], field: str
) -> None:
    """The error names the field at fault, and does not repeat a password."""
    async with community.nothing_changes():
        error = await community.nobody.refused(REGISTER, input=MAYA | change)
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", field])
    if field == "password" and change["password"].strip():
        assert change["password"] not in error["message"]


@pytest.mark.parametrize(
    "change",
    [
        {"email": "a@b.cd"},
        {"email": "m" * 242 + "@example.org"},
        {"email": "maya+soap@mail.example.co.uk"},
        {"email": "søren@smørrebrød.example"},
        {"password": "lye, wax " + "and rosemary " * 14},
        {"password": "صابون وزيت"},
        {"name": "M"},
        {"name": "W" * 80},
        {"name": "محمد 🧼"},
        {"birthDate": "1900-01-01"},
        {"birthDate": "2008-02-29"},
    ],
)
async def test_what_is_unusual_but_right_is_taken_and_works(community: Community, change: dict[str, str]) -> None:
    """At the limits and outside ASCII: the person can log in with it."""
    given = MAYA | {"email": f"unusual-{next(_numbers)}@example.org"} | change
    user = (await community.nobody.do(REGISTER, input=given))["user"]
    maya = await another_device(replace(community.nobody, email=given["email"]), given["password"])
    assert (await maya.do(VIEWER))["user"]["id"] == user["id"]


async def test_a_child_born_today_is_registered_where_today_has_begun(community: Community) -> None:
    """At 10:30 UTC the next day has begun on Kiritimati, and in Pago Pago the day before has not ended."""
    clock = community.served.clock
    clock.now = (clock.now + timedelta(days=1)).replace(hour=10, minute=30)
    today, tomorrow = clock.now.date(), clock.now.date() + timedelta(days=1)

    await community.person("Teresia", birthDate=tomorrow.isoformat(), timeZone="Pacific/Kiritimati")
    async with community.nothing_changes():
        given = MAYA | {"birthDate": today.isoformat(), "timeZone": "Pacific/Pago_Pago"}
        error = await community.nobody.refused(REGISTER, input=given)
    assert error["path"] == ["input", "birthDate"]


async def test_an_address_has_one_account_however_it_is_written(community: Community) -> None:
    maya = await community.person("Maya")
    for written in (maya.email, maya.email.upper(), f"  {maya.email}"):
        async with community.nothing_changes():
            error = await community.nobody.refused(REGISTER, input=MAYA | {"email": written})
        assert (error["code"], error["path"]) == ("CONFLICT", ["input", "email"])


async def test_of_eight_who_register_one_address_at_once_one_gets_it(community: Community) -> None:
    """An impatient click, eight times: one account and one session are left, the others are refused as taken."""
    given = MAYA | {"email": "impatient@example.org"}
    answers = await asyncio.gather(*(community.nobody.ask(REGISTER, input=given) for _ in range(8)))
    payloads = [answer["data"]["register"] for answer in answers]

    codes = sorted(error["code"] for payload in payloads for error in payload["errors"])
    assert codes == ["CONFLICT"] * 7
    (winner,) = (payload for payload in payloads if not payload["errors"])
    assert (await replace(community.nobody, token=winner["session"]["accessToken"]).do(VIEWER))["email"] == given[
        "email"
    ]
    sessions = "SELECT count(*) FROM sessions JOIN users ON users.id = user_id WHERE email = $1"
    assert await community.database.fetchval(sessions, given["email"]) == 1
