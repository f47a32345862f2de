"""What an e-mail says, and to whom: words of each kind, names, addresses and ways out."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from models.enums import NotificationKind
from resolvers.emails import Letter
from resolvers.notification_texts import TEXTS
from server.mail.letters import BadAddress, Stationery, greeting
from server.mail.links import Links
from server.settings import Settings
from tests.post_office import mail_settings, parts


def letter_to(name: str, address: str = "tom@example.org", kind: NotificationKind = NotificationKind.MATCHED) -> Letter:
    return Letter(uuid4(), uuid4(), kind, uuid4(), name, address, datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def stationery() -> Stationery:
    settings = Settings(**mail_settings("https://api.example.org", 25, mail_unsubscribe="stop@example.org"))
    return Stationery.of(settings, Links(["k" * 32]))


@pytest.mark.parametrize("kind", NotificationKind)
def test_every_kind_has_words_for_both_channels(kind: NotificationKind, stationery: Stationery) -> None:
    """A kind that is added needs one line in TEXTS, and all the rest follows."""
    words = TEXTS[kind]
    message = stationery.compose(letter_to("Tom", kind=kind))
    plain, html = parts(message)
    assert words.text in plain and "<p>" in html
    assert re.search(r"[.!?]$", words.text) and not re.search(r"[.!?]$", words.subject + words.when)
    assert words.subject[0].isupper() and words.when[0].islower()
    assert len(words.subject) <= 60, "it fits into a list of mail"


NAMES = [
    ("Tom", "Hello Tom,"),
    ("J. R. O’Neill-Ünal", "Hello J. R. O’Neill-Ünal,"),
    ("अनिता शर्मा", "Hello अनिता शर्मा,"),
    ("李小龍", "Hello 李小龍,"),
    ("evil.example", "Hello,"),
    ("You won! https://evil.example", "Hello,"),
    ("call 0800 123", "Hello,"),
    ("a@b", "Hello,"),
    ("Tom\r\nBcc: eve@example.org", "Hello,"),
    ("<script>alert(1)</script>", "Hello,"),
    ("Win " * 12, "Hello,"),
]


@pytest.mark.parametrize(("name", "first_line"), NAMES)
def test_a_name_is_greeted_when_it_is_one_and_never_becomes_more(
    name: str, first_line: str, stationery: Stationery
) -> None:
    """Whoever registers somebody else's address could otherwise have us send that person his links and headers."""
    assert greeting(name) == first_line
    message = stationery.compose(letter_to(name))
    wire = message.as_bytes()
    assert wire.isascii() and b"Bcc" not in wire.partition(b"\r\n\r\n")[0]
    assert set(message.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "MIME-Version",
        "Content-Type",
    }
    plain, html = parts(message)
    assert plain.splitlines()[0] == first_line
    assert "<script" not in html


@pytest.mark.parametrize(
    "address",
    ["a,b@example.org", "a<b@example.org", "a(b)@example.org", "tom@example.org\r\nBcc: eve@example.org", "ü@x.org"],
)
def test_an_address_that_would_be_read_as_another_is_sent_nothing(address: str, stationery: Stationery) -> None:
    with pytest.raises(BadAddress):
        stationery.compose(letter_to("Tom", address))


def test_the_ways_out_are_the_link_and_the_mailbox_that_is_set(stationery: Stationery) -> None:
    found = str(stationery.compose(letter_to("Tom"))["List-Unsubscribe"])
    assert re.fullmatch(
        r"<https://api\.example\.org/unsubscribe\?token=[\w-]+>, <mailto:stop@example\.org\?subject=unsubscribe>", found
    )
    without = replace(stationery, mailbox=None).compose(letter_to("Tom"))["List-Unsubscribe"]
    assert re.fullmatch(r"<https://api\.example\.org/unsubscribe\?token=[\w-]+>", str(without))


def test_the_same_letter_has_the_same_message_id(stationery: Stationery) -> None:
    letter = letter_to("Tom")
    ids = {stationery.compose(replace(letter, at=at))["Message-ID"] for at in (letter.at, letter.at + timedelta(1))}
    assert ids == {f"<{letter.id}@example.org>"}
