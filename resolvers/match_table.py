"""The people of a program, locked, at the table at which they are paired, one pair after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from models.enums import ActivityKind, NotificationKind, SignUpState, StepOpening, StepState
from models.errors import ErrorCode, Refused
from models.matches import Match, StepProgress
from models.programs import STEP_TEXT_FIELDS, Program, ProgramStep
from models.sign_ups import SignUp
from models.users import User
from pubsub.streams import Stream, program_stream
from pubsub.transaction import Changed
from resolvers import access, endings, introductions, notifications, pairing
from resolvers.pairing import Apart, Candidate, Pool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sign-ups to pair, None where an id is none of a sign-up's, and where in the input they stand."""

    mentor_id: UUID | None
    mentee_id: UUID | None
    path: Sequence[str] = ("input",)

    @property
    def where(self) -> Sequence[str]:
        """Where it stands itself; nowhere when it is all that the input is about."""
        return () if self.path == ("input",) else self.path

    @property
    def ids(self) -> tuple[UUID | None, UUID | None]:
        """Of the mentor's and the mentee's sign-up."""
        return self.mentor_id, self.mentee_id

    def at(self, side: str) -> Sequence[str]:
        """Where a field of it stands."""
        return *self.path, side


@dataclass
class Table:
    """What is known of the people, and what has become of them at this table so far."""

    changed: Changed
    viewer: access.Viewer
    now: datetime
    program: Program
    sign_ups: dict[UUID, SignUp]
    candidates: dict[UUID, Candidate]
    apart: Apart
    users: dict[UUID, User]
    steps: Sequence[ProgramStep]
    paired: dict[UUID, SignUp] = field(default_factory=dict)

    @classmethod
    async def laid(
        cls,
        changed: Changed,
        viewer: access.Viewer,
        now: datetime,
        program: Program,
        sign_ups: Sequence[SignUp],
        members: set[UUID],
    ) -> "Table":
        """With all that is known of them now, read after they were locked; `members` are those whose membership is."""
        pool = (await pairing.of_sign_ups([each.id for each in sign_ups], now)).get(program.id, Pool())
        known = {
            each.id: replace(each, is_member=each.is_member and each.user_id in members) for each in pool.candidates
        }
        users = await User.filter(id__in=[each.user_id for each in sign_ups])
        steps = await ProgramStep.filter(program_id=program.id).order_by("position")
        rows, people = {each.id: each for each in sign_ups}, {each.id: each for each in users}
        return cls(changed, viewer, now, program, rows, known, pool.apart, people, steps)

    async def pair(self, pair: Pair, note: str | None) -> Match | Refused:
        """Pair two who may be paired now, also after those who were paired here before; or why not."""
        mentor_id, mentee_id = pair.ids
        assert mentor_id is not None and mentee_id is not None
        if (refused := self._refusal(pair, self.candidates[mentor_id], self.candidates[mentee_id])) is not None:
            return refused
        mentor, mentee = self.sign_ups[mentor_id], self.sign_ups[mentee_id]
        match = await self._match(mentor, mentee, note)
        await _copy_steps(self.program, self.steps, match)
        for sign_up in (mentor, mentee):
            self._take_a_place(sign_up)
        for stream in endings.listeners(match):
            self._tell(stream, ActivityKind.MATCH_CHANGED, match.id)
        actor, kind = self.viewer.id, NotificationKind.MATCHED
        await notifications.notify(self.changed, match.pair, kind, match.id, actor=actor, at=self.now)
        return match

    async def keep(self) -> None:
        """Keep what has become of the sign-ups that were paired."""
        for sign_up in self.paired.values():
            await sign_up.save(update_fields=("open_matches", "state"))

    def _refusal(self, pair: Pair, mentor: Candidate, mentee: Candidate) -> Refused | None:
        if self.viewer.id in (mentor.user_id, mentee.user_id):
            message = "You are one of the two: another admin of the group has to make this match."
            return Refused(ErrorCode.FORBIDDEN, message, pair.where)
        for person, side in ((mentor, "mentorSignUpId"), (mentee, "menteeSignUpId")):
            if (obstacle := pairing.alone(person, self.now)) is not None:
                return Refused(obstacle.code, obstacle.message, pair.at(side))
        if (obstacle := pairing.between(mentor, mentee, self.apart)) is not None:
            at = pair.at("menteeSignUpId") if obstacle.code == ErrorCode.INVALID_INPUT else pair.where
            return Refused(obstacle.code, obstacle.message, at)
        return None

    async def _match(self, mentor: SignUp, mentee: SignUp, note: str | None) -> Match:
        introduction = introductions.introduce(
            self.program,
            (self.users[mentor.user_id], mentor),
            (self.users[mentee.user_id], mentee),
            note,
            self.steps[0] if self.steps else None,
        )
        return await Match.create(
            program_id=self.program.id,
            mentor_id=mentor.user_id,
            mentee_id=mentee.user_id,
            mentor_sign_up_id=mentor.id,
            mentee_sign_up_id=mentee.id,
            introduction=introduction.text,
            introduction_shared=introduction.shared,
            first_question=introduction.first_question,
            started_at=self.now,
            steps_due_at=self.now if self.program.step_opening == StepOpening.BY_WEEK else None,
        )

    def _take_a_place(self, sign_up: SignUp) -> None:
        sign_up.open_matches += 1
        if sign_up.open_matches >= sign_up.capacity:
            sign_up.state = SignUpState.MATCHED
        before = self.candidates[sign_up.id]
        self.candidates[sign_up.id] = replace(before, taken=before.taken + 1, state=sign_up.state)
        if sign_up.id not in self.paired:
            self.paired[sign_up.id] = sign_up
            self._tell(program_stream(self.program.id), ActivityKind.SIGN_UP_CHANGED, sign_up.id)

    def _tell(self, stream: Stream, kind: ActivityKind, subject: UUID) -> None:
        self.changed.tell(stream, kind, subject, actor=self.viewer.id, at=self.now)


async def _copy_steps(program: Program, steps: Sequence[ProgramStep], match: Match) -> None:
    """The pair's own copy: what becomes of the program later never changes a pair under way. The first step is open at
    once, and with it all others if the program says so."""
    all_at_once = program.step_opening == StepOpening.ALL_AT_ONCE
    copies = [
        StepProgress(
            match_id=match.id,
            state=StepState.OPEN if index == 0 or all_at_once else StepState.LOCKED,
            **{field: getattr(step, field) for field in STEP_TEXT_FIELDS},
        )
        for index, step in enumerate(steps)
    ]
    if copies:
        await StepProgress.bulk_create(copies)
