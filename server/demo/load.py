"""Loading the demo community: once, whole or not at all, and never among real people."""

import secrets
from datetime import UTC, datetime

from tortoise.context import TortoiseContext

from models.database import tortoise_config
from models.errors import ErrorCode, Refused
from models.users import User
from pubsub.transaction import transaction
from resolvers.tokens import Tokens
from server.demo.content import Content, read
from server.demo.story import PASSWORD, Story
from server.jobs import jobs_of
from server.settings import Settings

LOCK_SECONDS = 120

HINT = (
    "Log in as maya@demo.example and tom@demo.example, who are a pair, as ruth@demo.example, who is an admin, or as "
    "ines@demo.example, who is a moderator. "
    f"Everybody's password is {PASSWORD}"
)


async def load(settings: Settings, now: datetime) -> str:
    """Tell the community's story, as it would have gone until the day before `now`, in a database without people.

    It is one transaction: a load that is interrupted leaves nothing behind, and the next one starts anew. Where the
    community is already, it stays as it has become. Returns how to log in. Raises SettingsError without a database, and
    Refused CONFLICT when there are other people in it.
    """
    content = read()
    config = tortoise_config(settings.require_database_url(), pool_size=1, bounded=False)
    # A context of its own: no other database that this process has open can be meant.
    async with TortoiseContext() as context:
        await context.init(config=config)
        async with transaction() as changed:
            await changed.sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            # Nobody registers between the look and the end, and of two loads at once the second finds the first one's.
            await changed.sql("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")
            if not await _is_loaded(content):
                # What these tokens open, nobody will ever hold.
                tokens = Tokens([secrets.token_urlsafe(48)])
                jobs = [job for job in jobs_of(settings) if not job.apart and not job.kind.startswith("prune")]
                await Story(content, now.astimezone(UTC).date(), tokens, jobs).tell()
                # Nobody is sent an e-mail about what happened before.
                await changed.sql("DELETE FROM emails")
                await changed.sql("DELETE FROM account_letters")
    return HINT


async def _is_loaded(content: Content) -> bool:
    if not await User.exists():
        return False
    expected = {person.email for person in content.people}
    if await User.filter(email__in=expected).count() == len(expected):
        return True
    message = "There are people in this database already. The demo community is loaded into an empty one only."
    raise Refused(ErrorCode.CONFLICT, message)
