"""Reading /metrics as Prometheus does."""

import asyncio
import re
import time
from collections.abc import Callable

import httpx
from prometheus_client.parser import text_string_to_metric_families as parse

from tests.servers import Served


class Page:
    """One scrape. A metric's labels stand in the order of their names: an operation's outcome, then its type."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.samples = {
            (sample.name, *sample.labels.values()): sample.value for family in parse(text) for sample in family.samples
        }

    def __call__(self, name: str, *labels: str) -> float:
        """A value; 0 for a combination of labels that has not occurred."""
        family = re.sub("_(bucket|count|sum)$", "", name)
        assert f"# HELP mentorship_{family} " in self.text, f"no such metric: {name}"
        return self.samples.get((f"mentorship_{name}", *labels), 0)


async def scrape(served: Served) -> Page:
    """What /metrics says now, on a connection of its own: of several workers, any may answer."""
    async with httpx.AsyncClient() as client:
        response = await client.get(f"{served.url}/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    return Page(response.text)


async def until(served: Served, holds: Callable[[Page], bool], seconds: float = 5) -> Page:
    """The first scrape of which this holds."""
    deadline = time.monotonic() + seconds
    while not holds(page := await scrape(served)):
        assert time.monotonic() < deadline, page.text
        await asyncio.sleep(0.05)
    return page
