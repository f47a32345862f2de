"""What an e-mail looks like: headers, plain text and HTML. It says that something happened, never what was written."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from urllib.parse import quote

from models.enums import NotificationKind
from resolvers.emails import AnyLetter, Letter
from resolvers.notification_texts import TEXTS, Words
from server.mail.links import PATH, Links
from server.mail.settings import MailSettings, sender_of

_LONGEST_NAME = 40
_INITIAL = re.compile(r"\.(?= |$)")


class BadAddress(ValueError):
    """An address that no message can be sent to, or that would be read as another one."""


@dataclass(frozen=True, slots=True)
class Stationery:
    """What all letters of a server have in common: whom they come from, and where their links lead."""

    sender: Address
    public_url: str
    app_url: str
    mailbox: str | None
    links: Links
    keys: Sequence[str] = field(default=(), repr=False)

    @classmethod
    def of(cls, settings: MailSettings, links: Links, keys: Sequence[str] = ()) -> "Stationery":
        """What the settings say. They are whole: the settings see to it."""
        assert settings.mail_from is not None and settings.public_url is not None
        app_url = settings.app_url or settings.public_url
        return cls(sender_of(settings.mail_from), settings.public_url, app_url, settings.mail_unsubscribe, links, keys)

    def stop_link(self, letter: Letter, kind: NotificationKind | None) -> str:
        """Where the person stops e-mails of a kind, or all of them, without logging in."""
        return f"{self.public_url}{PATH}?token={self.links.sign((letter.user_id, kind))}"

    def compose(self, letter: Letter) -> EmailMessage:
        """The message. The same letter has the same Message-ID whenever it is sent (RFC 5322, section 3.6.4).

        Raises BadAddress.
        """
        words = TEXTS[letter.kind]
        message = self.envelope(letter, words.subject)
        message["List-Unsubscribe"] = ", ".join(f"<{each}>" for each in self._ways_out(letter))
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058, section 3.1
        # Quoted-printable: lines of any length and language pass the oldest mail server.
        message.set_content(self._text(letter, words), cte="quoted-printable")
        message.add_alternative(self._html(letter, words), subtype="html", cte="quoted-printable")
        return message

    def envelope(self, letter: AnyLetter, subject: str) -> EmailMessage:
        """A message without words yet, with the headers that all have. Raises BadAddress."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = _recipient(letter.address)
        message["Subject"] = subject
        message["Date"] = letter.at
        message["Message-ID"] = f"<{letter.id}@{self.sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5: nobody's vacation answers it.
        return message

    def _ways_out(self, letter: Letter) -> list[str]:
        link = self.stop_link(letter, letter.kind)
        return [link] if self.mailbox is None else [link, f"mailto:{quote(self.mailbox, safe='@')}?subject=unsubscribe"]

    def _text(self, letter: Letter, words: Words) -> str:
        return (
            f"{greeting(letter.name)}\n\n{words.text}\n\n"
            f"Have a look: {self.app_url}\n\n"
            "-- \n"
            f"You get an e-mail when {words.when}.\n"
            f"No more of this kind: {self.stop_link(letter, letter.kind)}\n"
            f"No more at all: {self.stop_link(letter, None)}\n"
        )

    def _html(self, letter: Letter, words: Words) -> str:
        app, kind, all_kinds = (
            escape(each) for each in (self.app_url, self.stop_link(letter, letter.kind), self.stop_link(letter, None))
        )
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f"<title>{escape(words.subject)}</title></head><body>\n<p>{escape(greeting(letter.name))}</p>\n<p>{escape(words.text)}</p>\n"
            f'<p><a href="{app}">Have a look</a></p>\n<hr>\n'
            f"<p><small>You get an e-mail when {escape(words.when)}. "
            f'<a href="{kind}">No more of this kind</a> · <a href="{all_kinds}">No more at all</a></small></p>\n'
            "</body></html>\n"
        )


def greeting(name: str) -> str:
    """The first line, with the person's name where it is one: letters, and what stands between them.

    Whoever registers with somebody else's address chooses the name that is greeted there. A mail program must not find
    anything in it that it would show as a link, nor the reader a message.
    """
    name = unicodedata.normalize("NFC", name).strip()
    letters = _INITIAL.sub("", name)
    fits = 0 < len(name) <= _LONGEST_NAME and all(
        each in " '’·-" or unicodedata.category(each)[0] in "LM" for each in letters
    )
    return f"Hello {name}," if fits else "Hello,"


def _recipient(address: str) -> Address:
    try:
        recipient = Address(addr_spec=address)
    except Exception as error:  # The parser raises whatever it stumbles over.
        raise BadAddress from error
    if recipient.addr_spec != address or not address.isascii():
        raise BadAddress
    return recipient
