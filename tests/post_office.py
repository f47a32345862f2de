"""A mail server on loopback, with all the faults that mail servers have, and the ticker that sends to it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from server.jobs import Ticker, jobs_of
from server.settings import Settings
from tests.community import Community, Pair, Person
from tests.servers import SECRET_KEY, Served

CLOSE = "UPDATE emails SET state = 'POINTLESS', closed_at = now() WHERE state = 'WAITING'"
OK = "250 OK"
PASSWORD = "post-office-secret"

Answer = Callable[[SMTP], Awaitable[str]]
"""What the mail server does instead of saying OK."""


@dataclass
class PostOffice:
    """What has arrived, and what goes wrong. `at_rcpt` and `at_data` say what happens there; None is all well.

    A message counts as arrived as soon as the server has all of it, whatever it answers then.
    """

    arrived: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    log_ins: list[bytes] = field(default_factory=list)
    at_rcpt: Answer | None = None
    at_data: Answer | None = None
    greets: bool = True
    port: int = 0
    private: bool = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd's hook: a recipient."""
        if self.at_rcpt is not None:
            return await self.at_rcpt(server)
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """aiosmtpd's hook: a whole message."""
        message = message_from_bytes(envelope.content, policy=POLICY)
        assert envelope.rcpt_tos == [message["To"]], "the envelope says the same as the letter"
        self.arrived.append(message)
        self.senders.append(envelope.mail_from)
        assert server.transport is not None
        self.private = server.transport.get_extra_info("ssl_object") is not None
        return OK if self.at_data is None else await self.at_data(server)

    def check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        """aiosmtpd's hook: a log-in."""
        assert isinstance(given, LoginPassword)
        self.log_ins.append(given.login)
        return AuthResult(success=given.password == PASSWORD.encode(), handled=False)

    def to(self, person: Person) -> list[EmailMessage]:
        """What has arrived for somebody, the oldest first."""
        return [message for message in self.arrived if message["To"] == person.email]

    def subjects(self, person: Person) -> list[str]:
        """What somebody sees in the list of his mail."""
        return [message["Subject"] for message in self.to(person)]


def says(answer: str) -> Answer:
    """It answers this."""

    async def answered(server: SMTP) -> str:
        return answer

    return answered


async def hangs(server: SMTP) -> str:
    """It answers nothing for as long as anybody waits."""
    await asyncio.sleep(60)
    return OK


async def hangs_up(server: SMTP) -> str:
    """It cuts the connection."""
    assert server.transport is not None
    server.transport.abort()
    return OK


@asynccontextmanager
async def post_office(
    *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[PostOffice]:
    """A mail server on a free port, in this process; with TLS when asked for, or from the first byte."""
    office, loop = PostOffice(), asyncio.get_running_loop()
    options = {"hostname": "mail.example.org", "tls_context": starttls, "authenticator": office.check}
    options["auth_require_tls"] = tls is None  # aiosmtpd does not see the TLS that was there from the first byte.

    def connected() -> asyncio.Protocol:
        return SMTP(office, loop=loop, **options) if office.greets else asyncio.Protocol()

    server = await loop.create_server(connected, "127.0.0.1", 0, ssl=tls)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()


def mail_settings(served_url: str, port: int, **more: object) -> dict[str, object]:
    """The settings of e-mail that lead to a post office."""
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_tls": "none",
        "mail_from": "Mentorship <mentorship@example.org>",
        "public_url": served_url,
        "app_url": "https://app.example.org",
    } | more


@dataclass
class Round:
    """The postman's round: a ticker that sends when told, by the server's clock."""

    served: Served
    community: Community
    office: PostOffice
    with_account_letters: bool = False
    """Whether it takes letters about accounts too, one of which goes to each new person."""

    def ticker(self, **settings: object) -> Ticker:
        """A worker of its own."""
        given = mail_settings(self.served.url, self.office.port, **settings)
        jobs = jobs_of(Settings(secret_key=SECRET_KEY, **given))
        return Ticker([job for job in jobs if job.kind == "send-email"], self.served.clock)

    async def goes(self, after: timedelta = timedelta(minutes=2), **settings: object) -> Ticker:
        """Time passes, and what is due is sent; the ticker, which has counted."""
        self.served.clock.now += after
        if not self.with_account_letters:
            await self.leaves_account_letters()
        ticker = self.ticker(**settings)
        await ticker.tick()
        return ticker

    async def leaves_account_letters(self) -> None:
        """Nobody is sent what waits about an account."""
        await self.community.database.execute(f"{CLOSE} AND account_letter_id IS NOT NULL")

    async def states(self, person: Person) -> list[tuple[str, int, str | None]]:
        """What became of somebody's e-mails, the oldest first: state, attempts, trouble."""
        rows = await self.community.database.fetch(
            "SELECT emails.state, attempts, trouble FROM emails JOIN notifications ON notifications.id ="
            " notification_id JOIN users ON users.id = user_id WHERE email = $1 ORDER BY emails.id",
            person.email,
        )
        return [tuple(row) for row in rows]


@asynccontextmanager
async def postman(served: Served, community: Community, office: PostOffice) -> AsyncIterator[Round]:
    """A round on the next morning at ten, when nothing of earlier stories waits any more."""
    await community.database.execute(CLOSE)
    served.clock.now = (served.clock.now + timedelta(days=1)).replace(hour=10, minute=0)
    yield Round(served, community, office)


def parts(message: EmailMessage) -> tuple[str, str]:
    """What it says in plain text and in HTML."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and html is not None
    return plain.get_content(), html.get_content()


async def toms(community: Community) -> Pair:
    """A pair of which only Tom is sent an e-mail."""
    pair = await community.pair()
    document = "mutation { updateNotificationSettings(input: {byEmail: false}) { errors { code } } }"
    await pair.mentor.do(document)
    return pair
