"""Tells one pair's story again: from the match on, every word and step by the one of the two whose it is."""

from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from models.base import ids_of
from models.matches import Match, StepProgress
from models.notifications import Notification
from models.posts import Post as PostRow
from pubsub.streams import match_stream
from resolvers import (
    check_ins,
    comments,
    completion,
    endings,
    match_making,
    matches,
    messages,
    notifications,
    pauses,
    posts,
    reactions,
    read_states,
    steps,
)
from resolvers.access import Viewer
from server.demo.content import Comment, End, Message, Pair, Pause, Post, Reaction, StepDone

Act = partial[Coroutine[Any, Any, None]]
"""One thing that one person does, ready to be called with the moment."""


@dataclass
class PairStory:
    """A pair's content as a story that ends the day before `today`.

    `people` and `sign_ups` (by program, person and role) are filled while the community's story goes on; while this one
    does, `match_id`, `posts` (by their place in the content), and for each of the two how many check-ins are `answered`
    and of which week the last one was.
    """

    pair: Pair
    today: date
    people: Mapping[str, Viewer]
    sign_ups: Mapping[tuple[str, str, str], UUID]
    match_id: UUID | None = None
    posts: dict[int, UUID] = field(default_factory=dict)
    answered: Counter[str] = field(default_factory=Counter)
    last_week: dict[str, int] = field(default_factory=dict)

    @property
    def _match_made(self) -> UUID:
        assert self.match_id is not None, "whatever the two do comes after their match"
        return self.match_id

    def acts(self) -> Iterator[tuple[datetime, Act]]:
        """All acts with their moments. Of two at one moment the earlier in this order comes first."""
        pair, today = self.pair, self.today
        yield pair.made.before(today), partial(self._match)
        for person, moment in ((pair.mentor, pair.acknowledged.mentor), (pair.mentee, pair.acknowledged.mentee)):
            if moment is not None:
                yield moment.before(today), partial(self._acknowledge, person)
        for step in pair.steps:
            yield step.before(today), partial(self._complete, step)
        for index, post in enumerate(pair.posts):
            yield post.before(today), partial(self._post, index, post)
            for reaction in post.reactions:
                yield reaction.before(today), partial(self._react, index, reaction)
            for comment in post.comments:
                yield comment.before(today), partial(self._comment, index, comment)
        for message in pair.messages:
            yield message.before(today), partial(self._say, message)
        if pair.paused is not None:
            yield pair.paused.before(today), partial(self._pause, pair.paused)
        if pair.completed is not None:
            yield pair.completed.mentor.before(today), partial(self._call_complete, pair.mentor)
            yield pair.completed.mentee.before(today), partial(self._call_complete, pair.mentee)
        if pair.ended is not None:
            yield pair.ended.before(today), partial(self._end, pair.ended)

    async def _match(self, now: datetime) -> None:
        pair = self.pair
        made = await match_making.create_match(
            self.people[pair.made_by],
            now,
            mentor_sign_up_id=self.sign_ups[pair.program, pair.mentor, "MENTOR"],
            mentee_sign_up_id=self.sign_ups[pair.program, pair.mentee, "MENTEE"],
            note=pair.note,
        )
        self.match_id = made.id

    async def _acknowledge(self, person: str, now: datetime) -> None:
        await matches.acknowledge_introduction(self.people[person], now, match_id=self._match_made)

    async def _complete(self, step: StepDone, now: datetime) -> None:
        await steps.complete_step(self.people[step.by], now, step_progress_id=await self._step(step.position))

    async def _read(self, person: str, now: datetime) -> None:
        """Whoever writes has read what was there, and what he was told."""
        viewer, match = self.people[person], await Match.get(id=self.match_id)
        head = match_stream(match.id).cursor(match.activity_head)
        await read_states.mark_read(viewer, now, match_id=match.id, up_to=head)
        if told := await ids_of(Notification.filter(user_id=viewer.id, read_at__isnull=True)):
            await notifications.mark_read(viewer, now, ids=told)

    async def _post(self, index: int, post: Post, now: datetime) -> None:
        await self._read(post.author, now)
        made = await posts.create_post(
            self.people[post.author],
            now,
            match_id=self._match_made,
            body=post.body,
            step_progress_id=None if post.step is None else await self._step(post.step),
        )
        self.posts[index] = made.id

    async def _comment(self, index: int, comment: Comment, now: datetime) -> None:
        await self._read(comment.author, now)
        await comments.create_comment(self.people[comment.author], now, post_id=self.posts[index], body=comment.body)

    async def _say(self, message: Message, now: datetime) -> None:
        await self._read(message.author, now)
        await messages.send_message(self.people[message.author], now, match_id=self._match_made, body=message.body)

    async def _react(self, index: int, reaction: Reaction, now: datetime) -> None:
        viewer, post_id = self.people[reaction.by], self.posts[index]
        await reactions.react(viewer, now, emoji=reaction.emoji, model=PostRow, subject_id=post_id)

    async def check_in(self, check_in_id: UUID, week: int, now: datetime) -> None:
        """Answer this week's check-in, by whoever of the two has an answer for it."""
        for person in (self.pair.mentee, self.pair.mentor):
            ahead = [each for each in self.pair.check_ins if each.by == person][self.answered[person] :]
            if not ahead or ahead[0].week > week or week == self.last_week.get(person):
                continue
            await self._read(person, now)
            said = ahead[0].model_dump(include={"mood", "body", "next_action"})
            await check_ins.answer_check_in(self.people[person], now, check_in_id=check_in_id, **said)
            self.answered[person] += 1
            self.last_week[person] = week

    async def _pause(self, pause: Pause, now: datetime) -> None:
        until = self.today + timedelta(days=pause.until_in_days)
        await pauses.pause_match(self.people[pause.by], now, match_id=self._match_made, until=until)

    async def _call_complete(self, person: str, now: datetime) -> None:
        await completion.complete_match(self.people[person], now, match_id=self._match_made)

    async def _end(self, end: End, now: datetime) -> None:
        await endings.end_match(
            self.people[end.by],
            now,
            match_id=self._match_made,
            reason=end.reason,
            feedback=end.feedback,
            back_to_queue=end.back_to_queue,
        )

    async def _step(self, position: int) -> UUID:
        return (await StepProgress.get(match_id=self.match_id, position=position)).id
