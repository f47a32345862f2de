"""Tells the demo community's story again: every act by the person who does it, at its moment, through the resolvers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from operator import itemgetter
from uuid import UUID

from models.check_ins import CheckIn
from models.enums import CheckInState, GroupRole, ReportReviewer, SignUpRole, Weekday
from models.users import User
from resolvers import (
    accounts,
    check_in_settings,
    groups,
    memberships,
    notification_settings,
    program_states,
    programs,
    reports,
    sessions,
    sign_ups,
)
from resolvers.access import Viewer
from resolvers.safety import Safety
from resolvers.sign_up_answers import Answers
from resolvers.tokens import Tokens
from server.demo.content import Advance, Content, Group, Person, Program, Reported, SignUp
from server.demo.pair_story import Act, PairStory
from server.jobs import Job

PASSWORD = "demo-demo-demo"

# When in the day (UTC) those acts take place of which the content tells only the day.
ARRIVES = time(6, 0)
FOUNDS = time(6, 15)
JOINS = time(6, 30)
BECOMES_ADMIN = time(6, 45)
PLANS = time(7, 0)
ADVANCES = time(8, 0)
SIGNS_UP = time(12, 0)
TICKS = (time(6, 5), time(18, 10))

CLOSELY = 75
"""For so many days before the last one what happens by the clock happens in its half of the day."""

UNANSWERED = (CheckInState.OPEN, CheckInState.PARTIAL)

EVERYTHING = 10_000
"""More than is ever due at once in the demo."""


@dataclass
class Story:
    """The content as a story that ends the day before `today`, and the ids of what has come up in it so far, by key."""

    content: Content
    today: date
    tokens: Tokens
    jobs: Sequence[Job]
    people: dict[str, Viewer] = field(default_factory=dict)
    groups: dict[str, UUID] = field(default_factory=dict)
    programs: dict[str, UUID] = field(default_factory=dict)
    sign_ups: dict[tuple[str, str, str], UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pairs = [PairStory(pair, self.today, self.people, self.sign_ups) for pair in self.content.pairs]

    async def tell(self) -> None:
        """Do everything in the order of time. Raises Refused where a rule forbids an act; its note says which."""
        for moment, act in sorted(self._acts(), key=itemgetter(0)):
            try:
                await act(moment)
            except Exception as error:
                error.add_note(f"The demo community, {moment:%Y-%m-%d %H:%M}: {act.func.__name__} {act.args!r:.300}")
                raise

    def _acts(self) -> Iterator[tuple[datetime, Act]]:
        """All acts with their moments. Of two at one moment the earlier in this order comes first."""
        for person in self.content.people:
            yield self._on(person.joined_days_ago, ARRIVES), partial(self._register, person)
        for group in self.content.groups:
            yield from self._acts_in_group(group)
        for program in self.content.programs:
            yield self._on(program.created_days_ago, PLANS), partial(self._plan, program)
            for advance in program.advanced:
                yield self._on(advance.days_ago, ADVANCES), partial(self._advance, program, advance)
        for sign_up in self.content.sign_ups:
            yield self._on(sign_up.days_ago, SIGNS_UP), partial(self._sign_up, sign_up)
        yield from self._ticks()
        for pair in self.pairs:
            yield from pair.acts()
        for reported in self.content.reports:
            yield reported.before(self.today), partial(self._report, reported)

    def _acts_in_group(self, group: Group) -> Iterator[tuple[datetime, Act]]:
        joined = {person.key: person.joined_days_ago for person in self.content.people}
        founder, *admins = group.admins
        yield self._on(group.created_days_ago, FOUNDS), partial(self._found, group)
        for member in [*admins, *group.members]:
            days_ago = min(group.created_days_ago, joined[member])
            yield self._on(days_ago, JOINS), partial(self._join, group, member)
            if member in admins:
                yield self._on(days_ago, BECOMES_ADMIN), partial(self._make_admin, group, founder, member)

    def _ticks(self) -> Iterator[tuple[datetime, Act]]:
        """What happens by the clock, such as a week's step that opens: looked at twice a day in the pairs' last weeks,
        and once a week before, of which little is left to be seen."""
        first = max((pair.made.days_ago for pair in self.content.pairs), default=0)
        for days_ago in [*range(first, CLOSELY, -7), *range(CLOSELY, 0, -1)]:
            for at in TICKS:
                yield self._on(days_ago, at), partial(self._tick)

    async def _tick(self, now: datetime) -> None:
        asked = {check_in.match_id: check_in for check_in in await CheckIn.filter(state__in=UNANSWERED)}
        for pair in self.pairs:
            if pair.match_id is not None and (check_in := asked.get(pair.match_id)) is not None:
                await pair.check_in(check_in.id, check_in.week_number, now)
        for job in self.jobs:
            # Not the longest due first: that is another one in another season, whose clocks show another hour.
            for item in sorted(await job.due(now, EVERYTHING)):
                await job.run(item, now)

    def _on(self, days_ago: int, at: time) -> datetime:
        return datetime.combine(self.today - timedelta(days=days_ago), at, UTC)

    async def _register(self, person: Person, now: datetime) -> None:
        session, user = await accounts.register(
            self.tokens,
            now,
            email=person.email,
            password=PASSWORD,
            name=person.name,
            birth_date=person.birth_date,
            time_zone=person.time_zone,
            locale=person.locale,
        )
        # There is no act yet by which people write their own words about themselves.
        told = {"bio": person.bio, "email_verified_at": now, "is_moderator": person.moderator}
        await User.filter(id=user.id).update(**told)
        viewer, _ = await sessions.authenticate(self.tokens, session.access_token, now)
        # So that the same things happen on whatever weekday, and in whatever part of the year, the demo is loaded.
        weekday = Weekday((self.today - timedelta(days=2)).weekday())
        await check_in_settings.update(viewer, now, weekday=weekday)
        viewer = replace(viewer, user=await notification_settings.update(viewer, kinds={}, quiet_hours=None))
        self.people[person.key] = viewer

    async def _found(self, group: Group, now: datetime) -> None:
        made = await groups.create_group(
            self.people[group.admins[0]],
            now,
            name=group.name,
            slug=group.slug,
            focus=group.focus,
            description=group.description,
            topics=group.topics,
        )
        self.groups[group.key] = made.id

    async def _join(self, group: Group, member: str, now: datetime) -> None:
        await memberships.join_group(self.people[member], now, group_id=self.groups[group.key])

    async def _make_admin(self, group: Group, founder: str, member: str, now: datetime) -> None:
        user_id = self.people[member].id
        await memberships.set_group_role(
            self.people[founder], now, group_id=self.groups[group.key], user_id=user_id, role=GroupRole.ADMIN
        )

    async def _plan(self, program: Program, now: datetime) -> None:
        made = await programs.create_program(
            self.people[program.made_by],
            now,
            group_id=self.groups[program.group],
            template_key=program.template,
            title=program.title,
            description=program.description,
            starts_on=self.today + timedelta(days=program.starts_in_days),
            rolling=program.rolling,
        )
        self.programs[program.key] = made.id

    async def _advance(self, program: Program, advance: Advance, now: datetime) -> None:
        program_id = self.programs[program.key]
        await program_states.advance_program(self.people[program.made_by], now, program_id=program_id, to=advance.to)

    async def _sign_up(self, sign_up: SignUp, now: datetime) -> None:
        viewer = self.people[sign_up.person]
        other = SignUpRole.MENTEE if sign_up.role == SignUpRole.MENTOR else SignUpRole.MENTOR
        answers = Answers(
            topics=sign_up.topics,
            goals=sign_up.goals,
            experience=sign_up.experience,
            languages=sign_up.languages,
            time_zone=viewer.user.time_zone,
            capacity=sign_up.capacity,
            availability=sign_up.availability,
            is_shown=sign_up.is_shown,
            wished_sign_up_ids=[self.sign_ups[sign_up.program, person, other] for person in sign_up.wishes],
        )
        program_id = self.programs[sign_up.program]
        made = await sign_ups.sign_up(viewer, now, program_id=program_id, role=sign_up.role, answers=answers)
        self.sign_ups[sign_up.program, sign_up.person, sign_up.role] = made.id

    async def _report(self, reported: Reported, now: datetime) -> None:
        await reports.report(
            self.people[reported.by],
            now,
            Safety(),
            subject=(User, self.people[reported.about].id),
            reason=reported.reason,
            note=reported.note,
            disclose=[],
            to=[ReportReviewer.MODERATOR],
            group_id=None,
        )
