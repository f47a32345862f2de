"""People stop e-mails with one click, without logging in; nobody else can, and looking at the page changes nothing."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser

from models.enums import NotificationKind
from server.mail.links import Links
from tests.community import Community, Pair, Person
from tests.documents import ACKNOWLEDGE_INTRODUCTION, END_MATCH
from tests.falling_due import id_of
from tests.post_office import Round, post_office, postman
from tests.servers import SECRET_KEY, Served
from tests.test_notification_settings import USUAL, mailed, settings_of

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def mail(served: Served, community: Community) -> AsyncIterator[Round]:
    async with post_office() as office, postman(served, community, office) as made:
        yield made


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A mail program's: it has no cookies, and follows no redirection."""
    async with httpx.AsyncClient(timeout=20) as made:
        yield made


async def toms_letter(mail: Round, community: Community) -> tuple[Pair, EmailMessage]:
    pair = await community.pair()
    await mail.goes()
    (message,) = mail.office.to(pair.mentee)
    return pair, message


def one_click(message: EmailMessage) -> str:
    """The address that a mail program takes from the headers (RFC 8058, section 3)."""
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (link,) = re.findall(r"<(https?:[^>]+)>", str(message["List-Unsubscribe"]))
    return link


async def choices(person: Person) -> tuple[bool, set[str]]:
    settings = await settings_of(person)
    return settings["byEmail"], mailed(settings)


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
async def test_a_mail_program_stops_a_kind_with_one_click(
    mail: Round, community: Community, client: httpx.AsyncClient, form: str
) -> None:
    """It sends the POST of RFC 8058, in either of the two forms that section 3.2 allows; again, as programs do."""
    pair, message = await toms_letter(mail, community)
    link = one_click(message)
    for _ in range(2):
        given = {"data": ONE_CLICK} if form == "urlencoded" else {"files": {"List-Unsubscribe": (None, "One-Click")}}
        response = await client.post(link, **given)
        assert response.status_code == 200 and "set-cookie" not in response.headers
        assert await choices(pair.mentee) == (True, USUAL - {"MATCHED"})
    assert await choices(pair.mentor) == (True, USUAL), "nobody else's"
    await pair.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    await mail.goes()
    assert mail.office.subjects(pair.mentee) == ["You have been matched", "Your partner looks forward to you"]


async def test_to_look_at_the_page_changes_nothing(
    mail: Round, community: Community, client: httpx.AsyncClient
) -> None:
    """Scanners follow every link; a person finds a button there, and then another one that stops the rest."""
    pair, message = await toms_letter(mail, community)
    link = one_click(message)
    async with community.nothing_changes():
        assert (await client.head(link)).status_code == 200
        page = await client.get(link)
    assert "when you are matched with somebody" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert pair.mentee.email not in page.text and "Tom" not in page.text
    done = await press(client, link, page)
    assert await choices(pair.mentee) == (True, USUAL - {"MATCHED"})
    await press(client, link, done)
    assert await choices(pair.mentee) == (False, USUAL - {"MATCHED"})
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "OTHER"})
    await mail.goes()
    assert len(mail.office.to(pair.mentee)) == 1


async def press(client: httpx.AsyncClient, link: str, page: httpx.Response) -> httpx.Response:
    """Press the page's one button, as a browser does."""
    form = LexborHTMLParser(page.text).css_first("form")
    assert form.attributes["method"] == "post"
    fields = {field.attributes["name"]: field.attributes["value"] for field in form.css("input")}
    response = await client.post(str(httpx.URL(link).join(form.attributes["action"])), data=fields)
    assert response.status_code == 200
    return response


async def test_the_letter_itself_has_a_link_for_the_kind_and_one_for_all(
    mail: Round, community: Community, client: httpx.AsyncClient
) -> None:
    pair, message = await toms_letter(mail, community)
    plain = message.get_body(("plain",))
    assert plain is not None
    kind, everything = re.findall(r"No more .*: (\S+)", plain.get_content())
    assert kind == one_click(message)
    await press(client, everything, await client.get(everything))
    assert await choices(pair.mentee) == (False, USUAL)
    html = message.get_body(("html",))
    assert html is not None
    links = [each.attributes["href"] for each in LexborHTMLParser(html.get_content()).css("a")]
    assert links == ["https://app.example.org", kind, everything]


def token_of(link: str) -> str:
    (token,) = parse_qs(urlsplit(link).query)["token"]
    return token


async def test_a_token_that_is_not_ours_is_nothing_and_says_nothing(
    mail: Round, community: Community, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is answered in the same words, whether a person of that id exists or not, and none is written to the log."""
    caplog.set_level(logging.DEBUG)
    pair, message = await toms_letter(mail, community)
    token = token_of(one_click(message))
    tom, maya = id_of(pair.mentee.id), id_of(pair.mentor.id)
    wrong = [
        "",
        "garbage",
        "é",
        token[:-1],
        token + "A",
        token + "=",
        ("B" if token[0] == "A" else "A") + token[1:],
        Links(["another key, as long as it has to be"]).sign((tom, None)),
        Links([SECRET_KEY + " "]).sign((maya, NotificationKind.MATCHED)),
        str(tom),
        pair.mentee.token,
    ]
    async with community.nothing_changes():
        answers = [
            await client.request(method, f"{mail.served.url}/unsubscribe", params={"token": each})
            for each in wrong
            for method in ("GET", "POST")
        ]
        answers.append(await client.post(f"{mail.served.url}/unsubscribe", data=ONE_CLICK | {"token": token}))
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    assert (await client.put(one_click(message))).status_code == 405
    # uvicorn's access log is switched off when serving; pytest listens to it all the same.
    ours = ("server", "resolvers", "pubsub", "models", "uvicorn.error", "starlette", "asyncio")
    said = "".join(record.getMessage() for record in caplog.records if record.name.startswith(ours))
    assert not any(each in said for each in [token, *filter(None, wrong)])


async def test_somebody_who_is_gone_is_answered_as_everybody(
    mail: Round, community: Community, client: httpx.AsyncClient
) -> None:
    """A link that we signed once tells nobody whether there is still an account behind it."""
    _, message = await toms_letter(mail, community)
    gone = Links([SECRET_KEY]).sign((uuid4(), NotificationKind.MATCHED))
    async with community.nothing_changes():
        answer = await client.post(f"{mail.served.url}/unsubscribe", params={"token": gone}, data=ONE_CLICK)
    real = await client.post(one_click(message), data=ONE_CLICK)
    assert answer.status_code == real.status_code
    assert re.sub(r"token=[\w-]+", "", answer.text) == re.sub(r"token=[\w-]+", "", real.text)


async def test_eight_clicks_at_once_are_one_choice(
    mail: Round, community: Community, client: httpx.AsyncClient
) -> None:
    pair, message = await toms_letter(mail, community)
    answers = await asyncio.gather(*(client.post(one_click(message), data=ONE_CLICK) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert await choices(pair.mentee) == (True, USUAL - {"MATCHED"})


def test_a_token_says_one_thing_and_a_replaced_key_still_reads_it() -> None:
    old, new = "o" * 32, "n" * 32
    user_id = uuid4()
    for kind in (None, *NotificationKind):
        token = Links([old]).sign((user_id, kind))
        assert re.fullmatch(r"[\w-]+", token, re.ASCII)
        assert Links([new, old]).read(token) == (user_id, kind)
        assert Links([new]).read(token) is None
    assert len({Links([old]).sign((user_id, kind)) for kind in (None, *NotificationKind)}) == len(NotificationKind) + 1


def test_a_kind_that_there_is_no_more_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    links, user_id = Links(["k" * 32]), UUID(int=1)
    token = links.sign((user_id, NotificationKind.MATCHED))
    monkeypatch.delitem(NotificationKind._member_map_, "MATCHED")
    assert links.read(token) is None
