"""What a new pair reads first: an introduction made from what both wrote at sign-up."""

import re
from dataclasses import dataclass

from models.programs import Program, StepText
from models.sign_ups import SignUp
from models.users import User


@dataclass(frozen=True)
class Introduction:
    """`text` is Markdown for both; `shared` names what the two have in common, one short line each."""

    text: str
    shared: list[str]
    first_question: str


def introduce(
    program: Program,
    mentor: tuple[User, SignUp],
    mentee: tuple[User, SignUp],
    note: str | None,
    first_step: StepText | None,
) -> Introduction:
    """Introduce the two to each other in their own words; `note` is the admin's, shown to both. The first question is
    one of the first step's, if its guidance lists any."""
    (mentor_user, offers), (mentee_user, seeks) = mentor, mentee
    topics = _in_both(seeks.topics, offers.topics)
    shared = [f"Topic: {topic}" for topic in topics]
    shared += [f"Language: {language}" for language in _in_both(seeks.languages, offers.languages)]
    if seeks.time_zone == offers.time_zone:
        shared.append(f"Time zone: {seeks.time_zone}")
        shared += [f"Time: {_spoken(each)}" for each in _in_both(seeks.availability, offers.availability)]
    guide, seeker = plain(mentor_user.name), plain(mentee_user.name)
    paragraphs = [
        f"{guide} and {seeker}, meet each other. You are a pair in “{plain(program.title)}”.",
        f"**{seeker}** hopes for:\n\n{quoted(seeks.goals)}",
        f"**{guide}** offers:\n\n{quoted(offers.experience or offers.goals)}",
    ]
    if topics:
        paragraphs.append(f"You both chose {_listed([f'**{plain(topic)}**' for topic in topics])}.")
    if note:
        paragraphs.append(f"A note from the group's admin:\n\n{quoted(note)}")
    question = _question_of(first_step, mentor_user, mentee_user) or _first_question(topics, mentor_user, mentee_user)
    return Introduction("\n\n".join(paragraphs), shared, question)


def plain(words: str) -> str:
    """Words on a line as Markdown that shows just them: a name is no place for a link."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", words)


def _in_both(first: list[str], second: list[str]) -> list[str]:
    known = {value.casefold() for value in second}
    return [value for value in first if value.casefold() in known]


def quoted(text: str) -> str:
    """Somebody's words as a quotation in Markdown."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def _spoken(availability: str) -> str:
    return availability.lower().replace("_", " ")


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


_ASKED = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(.+\?)\s*")
"""An item of a list in Markdown that is a question."""


def _question_of(step: StepText | None, mentor: User, mentee: User) -> str | None:
    """The first question that a step's guidance lists for one of the two to ask the other."""
    if step is None:
        return None
    for guidance, asked in ((step.mentor_guidance, mentee), (step.mentee_guidance, mentor)):
        for line in guidance.splitlines():
            if found := _ASKED.fullmatch(line):
                return f"{asked.name}, to begin with “{step.title}”: {found[1].replace('*', '')}"
    return None


def _first_question(topics: list[str], mentor: User, mentee: User) -> str:
    if topics:
        return f"{mentee.name}, what made you choose {topics[0]}, and what would you like {mentor.name} to know first?"
    return f"{mentee.name}, what would have to happen here for you to be glad that you signed up?"
