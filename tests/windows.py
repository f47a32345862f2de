"""A program whose sign-up opens and closes by itself, far east of here."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.jobs import Ticker
from tests.community import Community, Person
from tests.devices import refreshed
from tests.documents import SET_SIGN_UP_WINDOW
from tests.falling_due import ticker_on
from tests.rounds import key
from tests.servers import Served

PROGRAM = "query($id: ID!) { program(id: $id) { state signUpIsOpen signUpOpensOn signUpClosesOn } }"


LOG = "SELECT kind, actor_id FROM activity WHERE stream_id = $1 ORDER BY number"


ADA = 0


AUCKLAND = ZoneInfo("Pacific/Auckland")


def ticker(served: Served) -> Ticker:
    return ticker_on(served, "open-sign-up", "close-sign-up")


async def at(served: Served, moment: datetime, *people: Person) -> list[Person]:
    """It is then; these people come back with tokens that are good."""
    served.clock.now = moment
    return [await refreshed(each) for each in people]


class Scene:
    """Ada, Maya and Tom in a group in Auckland, half a day ahead of UTC, and a draft of Ada's."""

    def __init__(self, community: Community, people: list[Person], group: str, program: str) -> None:
        self.community, self.served, self.people = community, community.served, people
        self.group, self.program = group, program
        self.today = self.served.clock.now.astimezone(AUCKLAND).date()

    @classmethod
    async def set(cls, community: Community, **program: Any) -> "Scene":
        clock = community.served.clock
        clock.now = max(clock.now, datetime.fromisoformat("2026-03-02T10:00Z"))
        people = await community.people("Ada", "Maya", "Tom")
        group_id = await community.group(*people, timeZone="Pacific/Auckland")
        program_id = await community.program(people[ADA], group_id, state="DRAFT", **program)
        return cls(community, people, group_id, program_id)

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    async def window(self, **days: int | None) -> dict[str, Any]:
        """Set the window by days from today; None takes one away."""
        given = {name: value if value is None else self.day(value).isoformat() for name, value in days.items()}
        done = await self.people[ADA].do(SET_SIGN_UP_WINDOW, input={"programId": self.program} | given)
        return done["program"]

    async def comes(self, days: int, **later: float) -> None:
        """The clocks in Auckland show midnight at the beginning of that day, or later."""
        midnight = datetime.combine(self.day(days), time.min, AUCKLAND).astimezone(UTC)
        self.people = await at(self.served, midnight + timedelta(**later), *self.people)

    async def seen(self) -> dict[str, Any]:
        return await self.people[ADA].do(PROGRAM, id=self.program)

    async def sign_up(self, *who: int) -> None:
        for number in who:
            role = "MENTOR" if number == 1 else "MENTEE"
            await self.community.sign_up(self.people[number], self.program, role)

    async def said(self) -> list[tuple[str, Any]]:
        return [tuple(row) for row in await self.community.database.fetch(LOG, key(self.program))]
