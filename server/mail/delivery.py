"""Handing letters to the mail server that the settings name, or to the log when they name none."""

import asyncio
import logging
import ssl
from datetime import datetime, timedelta
from uuid import UUID

import aiosmtplib

from models.enums import EmailState
from resolvers import emails
from resolvers.emails import AnyLetter, LetterAboutAccount, NotTaken
from server.mail.account_letters import compose_about_account
from server.mail.letters import BadAddress, Stationery
from server.mail.links import Links
from server.settings import Settings
from server.transports.tally import Tally

QUIT_SECONDS = 2.0
"""How long the mail server has to say good-bye, when it has taken a letter already."""

BAD_ADDRESS = "BAD_ADDRESS"
NEVER = 500
"""SMTP's replies from here on mean that the same thing will be refused again (RFC 5321, section 4.2.1)."""

LOG_IN = (530, 534, 535, 538)
"""But for these, which ask for another log-in (RFC 4954, section 6): an operator will see to it."""

logger = logging.getLogger(__name__)


class Delivery:
    """The ticker's job of sending e-mails, and its numbers. Of a letter nothing but its kind is ever logged."""

    def __init__(self, settings: Settings, tally: Tally) -> None:
        self._tally = tally
        self._delay = timedelta(seconds=settings.mail_delay_seconds)
        self._post: emails.Post = to_the_log
        if settings.smtp_host is not None:
            keys = settings.require_secret_keys()
            self._post = MailServer(settings, Stationery.of(settings, Links(keys), keys))

    async def due(self, now: datetime, limit: int) -> list[UUID]:
        """The e-mails that are due, the longest first."""
        self._tally.emails_waiting = await emails.count_waiting()
        return await emails.due(now, limit, delay=self._delay)

    async def run(self, email_id: UUID, now: datetime) -> bool:
        """Send one e-mail, unless somebody else is at it."""
        return await emails.send(email_id, now, post=self._send)

    async def _send(self, letter: AnyLetter) -> EmailState:
        try:
            state = await self._post(letter)
        except NotTaken as refusal:
            self._tally.emails["refused" if refusal.for_ever else "failed"] += 1
            what = "will never take" if refusal.for_ever else "did not take"
            logger.warning("The mail server %s an e-mail: %s", what, refusal.reason)
            raise
        self._tally.emails[state.value.lower()] += 1
        return state


async def to_the_log(letter: AnyLetter) -> EmailState:
    """Say that a letter would have been sent, with its kind, and never with its link."""
    if isinstance(letter, LetterAboutAccount):
        logger.info("Without a mail server, no e-mail %s goes out about an account.", letter.kind)
        return EmailState.LOGGED
    logger.info("Without a mail server, no e-mail %s goes out about a notification.", letter.kind)
    return EmailState.LOGGED


class MailServer:
    """Speaks SMTP: a connection a letter, and never longer than the settings say."""

    def __init__(self, settings: Settings, stationery: Stationery) -> None:
        self._settings = settings
        self._stationery = stationery
        self._tls = None if settings.smtp_tls == "none" else ssl.create_default_context()

    async def __call__(self, letter: AnyLetter) -> EmailState:
        """Hand a letter over. Raises NotTaken, for ever when the fault is the address's or the letter's own.

        A fault of ours or of the connection passes: a log-in or a sender that is refused is put right by an operator.
        """
        try:
            if isinstance(letter, LetterAboutAccount):
                message = compose_about_account(self._stationery, letter)
            else:
                message = self._stationery.compose(letter)
        except BadAddress:
            raise NotTaken(BAD_ADDRESS, for_ever=True) from None
        client = self._client()
        try:
            async with asyncio.timeout(self._settings.smtp_timeout_seconds):
                await client.connect()
                await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            (refusal,) = error.recipients
            raise _refused(refusal.code) from None
        except aiosmtplib.SMTPDataError as error:
            raise _refused(error.code) from None
        except aiosmtplib.SMTPResponseException as error:
            raise NotTaken(f"{type(error).__name__} {error.code}") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise NotTaken(type(error).__name__) from None
        else:
            await _quit(client)
        finally:
            client.close()
        return EmailState.SENT

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        password = settings.smtp_password
        return aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=None if password is None else password.get_secret_value(),
            local_hostname=self._stationery.sender.domain,
            timeout=settings.smtp_timeout_seconds,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            tls_context=self._tls,
        )


def _refused(code: int) -> NotTaken:
    return NotTaken(str(code), for_ever=code >= NEVER and code not in LOG_IN)


async def _quit(client: aiosmtplib.SMTP) -> None:
    """Say good-bye. The letter was taken, whatever becomes of this."""
    try:
        async with asyncio.timeout(QUIT_SECONDS):
            await client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        logger.debug("The mail server took an e-mail and hung up without a good-bye.")
