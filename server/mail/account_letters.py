"""What e-mails about an account say: with a link that only the address's owner has, or a warning."""

from dataclasses import dataclass
from email.message import EmailMessage
from html import escape

from models.enums import AccountLetterKind as Kind
from resolvers.account_letters import token_of
from resolvers.emails import LetterAboutAccount
from server.mail.letters import Stationery, greeting


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one kind; `page` is the app's page that its link leads to, None without a link."""

    subject: str
    text: str
    page: str | None = None
    otherwise: str = ""


WORDINGS = {
    Kind.VERIFY_EMAIL: Wording(
        "Is this your e-mail address?",
        "Somebody, probably you, has given this e-mail address at Mentorship. Open the link within three days to say "
        "that it is yours.",
        "verify-email",
        "If it was not you, do nothing.",
    ),
    Kind.CONFIRM_NEW_EMAIL: Wording(
        "Is this your new e-mail address?",
        "You would like to use this e-mail address at Mentorship from now on. Open the link within a day, and it takes "
        "the place of the old one.",
        "verify-email",
        "If it was not you, do nothing: nothing changes then.",
    ),
    Kind.RESET_PASSWORD: Wording(
        "A new password",
        "Open the link within an hour to choose a new password for Mentorship. You are logged out everywhere then.",
        "reset-password",
        "If you did not ask for it, do nothing: your password stays as it is.",
    ),
    Kind.NEW_EMAIL_ASKED: Wording(
        "Another e-mail address for your account",
        "You have asked for another e-mail address for your account at Mentorship. Once you open the link that was "
        "sent there, we no longer write to this one. If it was not you, change your password now: that stops it.",
    ),
    Kind.PASSWORD_CHANGED: Wording(
        "Your password was changed",
        "Your password at Mentorship was changed, and your other devices were logged out. If it was not you, ask for a "
        "new password now, where you log in.",
    ),
}


def compose_about_account(stationery: Stationery, letter: LetterAboutAccount) -> EmailMessage:
    """The message. The same letter has the same Message-ID and the same link whenever it is sent. Raises BadAddress.

    The token stands behind a #, so that no server on the way to the page reads it, nor keeps it in its log.
    """
    words = WORDINGS[letter.kind]
    message = stationery.envelope(letter, words.subject)
    hello = greeting(letter.name)
    link = words.page and f"{stationery.app_url}/{words.page}#token={token_of(stationery.keys, letter.letter_id)}"
    lines = [hello, words.text, *([link] if link else []), *([words.otherwise] if words.otherwise else [])]
    message.set_content("\n\n".join(lines) + "\n", cte="quoted-printable")
    message.add_alternative(_html(words, hello, link), subtype="html", cte="quoted-printable")
    return message


def _html(words: Wording, hello: str, link: str | None) -> str:
    subject, hello, text, otherwise = (escape(each) for each in (words.subject, hello, words.text, words.otherwise))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{subject}</title></head><body>\n'
        f"<p>{hello}</p>\n<p>{text}</p>\n"
        + (f'<p><a href="{escape(link)}">{subject}</a></p>\n' if link else "")
        + (f"<p>{otherwise}</p>\n" if otherwise else "")
        + "</body></html>\n"
    )
