"""The side of the broker that publishes to Redis: a small pool of connections, and no wait without a bound."""

import asyncio
import logging
from collections.abc import Sequence

from redis import asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class RedisPublisher:
    """Publishes under a prefix. A Redis that is down costs `WITHIN` seconds at most and raises nothing."""

    WITHIN = 1.0

    def __init__(self, url: str, prefix: str) -> None:
        self._prefix = prefix
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=self.WITHIN,
            socket_connect_timeout=self.WITHIN,
            protocol=2,
            # A pooled connection may have died while it was idle; and a hint heard twice does no harm.
            retry=Retry(NoBackoff(), 1),
        )
        # Not redis-py's BlockingConnectionPool: a waiter that is cancelled there can take the wake-up with it.
        self._places = asyncio.Semaphore(8)
        self._failing = False

    async def publish(self, messages: Sequence[tuple[str, str]]) -> bool:
        """Whether Redis took these messages, each with its channel."""
        try:
            async with asyncio.timeout(self.WITHIN), self._places:
                if len(messages) == 1:  # as mostly; a pipeline takes a third longer
                    ((channel, message),) = messages
                    await self._redis.publish(self._prefix + channel, message)
                else:
                    pipeline = self._redis.pipeline(transaction=False)
                    for channel, message in messages:
                        pipeline.publish(self._prefix + channel, message)
                    await pipeline.execute()
        except (RedisError, OSError) as error:
            if not self._failing:
                logger.warning("cannot publish to Redis: %s", str(error) or repr(error))
            self._failing = True
            return False
        self._failing = False
        return True

    async def close(self) -> None:
        """Takes at most `WITHIN` seconds."""
        try:
            async with asyncio.timeout(self.WITHIN):
                await self._redis.aclose()
        except (RedisError, OSError) as error:
            logger.warning("the publishing connections did not close: %s", error)
