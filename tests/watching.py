"""Clients that watch: they follow their streams from a state that they fetched, and apply what they hear."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from tests.listening import Ears
from tests.reference_client import EVENTS, Client, State, Things

Heard = dict[str, list[Things]]
"""What a client has heard, by stream."""


@dataclass
class Watch:
    """A client that follows its streams from a state that it fetched."""

    client: Client
    state: State
    ears: dict[str, Ears]

    @classmethod
    @asynccontextmanager
    async def over(cls, client: Client, state: State) -> AsyncIterator["Watch"]:
        """Listening from the state's cursors."""
        async with AsyncExitStack() as stack:
            ears = {
                stream: await stack.enter_async_context(
                    client.person.hears(document, **client.variables_of(stream), after=client.cursor(state, stream))
                )
                for stream, (document, _) in client.streams.items()
            }
            yield cls(client, state, ears)

    async def until(self, fresh: State) -> Heard:
        """Everything up to where a later fetch found each stream."""
        heard: Heard = {}
        for stream, ears in self.ears.items():
            heard[stream], at = [], self.client.cursor(self.state, stream)
            while at != self.client.cursor(fresh, stream):
                heard[stream].append(await ears.next())
                at = heard[stream][-1]["cursor"]
        return heard


def after(client: Client, state: State, heard: Heard) -> State:
    """The state, changed by all that was heard."""
    for stream, events in heard.items():
        state = client.applied(state, stream, events)
    return state


def order(heard: Heard) -> list[tuple[str, str, str]]:
    """The order of a pair's events, as a client tells them apart."""
    return [(each["cursor"], name := each["__typename"], each[EVENTS[name]]["id"]) for each in heard["match"]]
