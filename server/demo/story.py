"""Tells the demo community's story again: every act by the person who does it, at its moment, through the resolvers."""

from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from operator import itemgetter
from uuid import UUID

from models.enums import GroupRole
from models.matches import Match, StepProgress
from models.posts import Post as PostRow
from models.users import User
from pubsub.streams import match_stream
from resolvers import (
    accounts,
    comments,
    endings,
    groups,
    match_making,
    matches,
    memberships,
    messages,
    posts,
    programs,
    reactions,
    read_states,
    sessions,
    sign_ups,
    steps,
)
from resolvers.access import Viewer
from server.demo.content import (
    Advance,
    Comment,
    Content,
    End,
    Group,
    Message,
    Pair,
    Person,
    Post,
    Program,
    Reaction,
    SignUp,
    StepDone,
)

PASSWORD = "demo-demo-demo"

# When in the day (UTC) those acts take place of which the content tells only the day.
ARRIVES = time(6, 0)
FOUNDS = time(6, 15)
JOINS = time(6, 30)
BECOMES_ADMIN = time(6, 45)
PLANS = time(7, 0)
ADVANCES = time(8, 0)
SIGNS_UP = time(12, 0)

Act = partial[Awaitable[None]]
"""One thing that one person does, ready to be called with the moment."""


@dataclass
class Story:
    """The content as a story that ends the day before `today`, and the ids of what has come up in it so far, by key."""

    content: Content
    today: date
    tokens: sessions.Tokens
    people: dict[str, Viewer] = field(default_factory=dict)
    groups: dict[str, UUID] = field(default_factory=dict)
    programs: dict[str, UUID] = field(default_factory=dict)
    sign_ups: dict[tuple[str, str, str], UUID] = field(default_factory=dict)
    matches: dict[str, UUID] = field(default_factory=dict)
    posts: dict[tuple[str, int], UUID] = field(default_factory=dict)

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
        for pair in self.content.pairs:
            yield from self._acts_in_pair(pair)

    def _acts_in_group(self, group: Group) -> Iterator[tuple[datetime, Act]]:
        joined = {person.key: person.joined_days_ago for person in self.content.people}
        founder, *admins = group.admins
        yield self._on(group.created_days_ago, FOUNDS), partial(self._found, group)
        for member in [*admins, *group.members]:
            days_ago = min(group.created_days_ago, joined[member])
            yield self._on(days_ago, JOINS), partial(self._join, group, member)
            if member in admins:
                yield self._on(days_ago, BECOMES_ADMIN), partial(self._make_admin, group, founder, member)

    def _acts_in_pair(self, pair: Pair) -> Iterator[tuple[datetime, Act]]:
        today = self.today
        yield pair.made.before(today), partial(self._match, pair)
        for person, moment in ((pair.mentor, pair.acknowledged.mentor), (pair.mentee, pair.acknowledged.mentee)):
            if moment is not None:
                yield moment.before(today), partial(self._acknowledge, pair, person)
        for step in pair.steps:
            yield step.before(today), partial(self._complete, pair, step)
        for index, post in enumerate(pair.posts):
            yield post.before(today), partial(self._post, pair, index, post)
            for reaction in post.reactions:
                yield reaction.before(today), partial(self._react, pair, index, reaction)
            for comment in post.comments:
                yield comment.before(today), partial(self._comment, pair, index, comment)
        for message in pair.messages:
            yield message.before(today), partial(self._say, pair, message)
        if pair.ended is not None:
            yield pair.ended.before(today), partial(self._end, pair, pair.ended)

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
        # There is no act yet by which people write their own.
        await User.filter(id=user.id).update(bio=person.bio)
        self.people[person.key], _ = await sessions.authenticate(self.tokens, session.access_token, now)

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
        await programs.advance_program(self.people[program.made_by], now, program_id=program_id, to=advance.to)

    async def _sign_up(self, sign_up: SignUp, now: datetime) -> None:
        viewer = self.people[sign_up.person]
        made = await sign_ups.sign_up(
            viewer,
            now,
            program_id=self.programs[sign_up.program],
            role=sign_up.role,
            answers={
                "topics": sign_up.topics,
                "goals": sign_up.goals,
                "experience": sign_up.experience,
                "languages": sign_up.languages,
                "time_zone": viewer.user.time_zone,
                "capacity": sign_up.capacity,
            },
        )
        self.sign_ups[sign_up.program, sign_up.person, sign_up.role] = made.id

    async def _match(self, pair: Pair, now: datetime) -> None:
        made = await match_making.create_match(
            self.people[pair.made_by],
            now,
            mentor_sign_up_id=self.sign_ups[pair.program, pair.mentor, "MENTOR"],
            mentee_sign_up_id=self.sign_ups[pair.program, pair.mentee, "MENTEE"],
            note=pair.note,
        )
        self.matches[pair.key] = made.id

    async def _acknowledge(self, pair: Pair, person: str, now: datetime) -> None:
        await matches.acknowledge_introduction(self.people[person], now, match_id=self.matches[pair.key])

    async def _complete(self, pair: Pair, step: StepDone, now: datetime) -> None:
        step_id = await self._step(pair, step.position)
        await steps.complete_step(self.people[step.by], now, step_progress_id=step_id)

    async def _read(self, pair: Pair, person: str, now: datetime) -> None:
        """Whoever writes has read what was there."""
        match = await Match.get(id=self.matches[pair.key])
        head = match_stream(match.id).cursor(match.activity_head)
        await read_states.mark_read(self.people[person], now, match_id=match.id, up_to=head)

    async def _post(self, pair: Pair, index: int, post: Post, now: datetime) -> None:
        await self._read(pair, post.author, now)
        made = await posts.create_post(
            self.people[post.author],
            now,
            match_id=self.matches[pair.key],
            body=post.body,
            step_progress_id=None if post.step is None else await self._step(pair, post.step),
        )
        self.posts[pair.key, index] = made.id

    async def _comment(self, pair: Pair, index: int, comment: Comment, now: datetime) -> None:
        await self._read(pair, comment.author, now)
        post_id = self.posts[pair.key, index]
        await comments.create_comment(self.people[comment.author], now, post_id=post_id, body=comment.body)

    async def _say(self, pair: Pair, message: Message, now: datetime) -> None:
        await self._read(pair, message.author, now)
        match_id = self.matches[pair.key]
        await messages.send_message(self.people[message.author], now, match_id=match_id, body=message.body)

    async def _react(self, pair: Pair, index: int, reaction: Reaction, now: datetime) -> None:
        subject = {"model": PostRow, "subject_id": self.posts[pair.key, index]}
        await reactions.react(self.people[reaction.by], now, emoji=reaction.emoji, **subject)

    async def _end(self, pair: Pair, end: End, now: datetime) -> None:
        await endings.end_match(
            self.people[end.by],
            now,
            match_id=self.matches[pair.key],
            reason=end.reason,
            feedback=end.feedback,
            back_to_queue=end.back_to_queue,
        )

    async def _step(self, pair: Pair, position: int) -> UUID:
        return (await StepProgress.get(match_id=self.matches[pair.key], position=position)).id
