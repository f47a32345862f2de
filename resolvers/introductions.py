"""What a new pair reads first: an introduction made from what both wrote at sign-up."""

import re
from dataclasses import dataclass

from models.programs import Program
from models.sign_ups import SignUp
from models.users import User


@dataclass(frozen=True)
class Introduction:
    """`text` is Markdown for both; `shared` names what the two have in common, one short line each."""

    text: str
    shared: list[str]
    first_question: str


def introduce(
    program: Program, mentor: tuple[User, SignUp], mentee: tuple[User, SignUp], note: str | None
) -> Introduction:
    """Introduce the two to each other in their own words; `note` is the admin's, shown to both."""
    (mentor_user, offers), (mentee_user, seeks) = mentor, mentee
    topics = _in_both(seeks.topics, offers.topics)
    shared = [f"Topic: {topic}" for topic in topics]
    shared += [f"Language: {language}" for language in _in_both(seeks.languages, offers.languages)]
    if seeks.time_zone == offers.time_zone:
        shared.append(f"Time zone: {seeks.time_zone}")
    guide, seeker = plain(mentor_user.name), plain(mentee_user.name)
    paragraphs = [
        f"{guide} and {seeker}, meet each other. You are a pair in “{plain(program.title)}”.",
        f"**{seeker}** hopes for:\n\n{quoted(seeks.goals)}",
        f"**{guide}** offers:\n\n{quoted(offers.experience or offers.goals)}",
    ]
    if note:
        paragraphs.append(f"A note from the group's admin:\n\n{quoted(note)}")
    return Introduction("\n\n".join(paragraphs), shared, _first_question(topics, mentor_user, mentee_user))


def plain(words: str) -> str:
    """Words on a line as Markdown that shows just them: a name is no place for a link."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", words)


def _in_both(first: list[str], second: list[str]) -> list[str]:
    known = {value.casefold() for value in second}
    return [value for value in first if value.casefold() in known]


def quoted(text: str) -> str:
    """Somebody's words as a quotation in Markdown."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def _first_question(topics: list[str], mentor: User, mentee: User) -> str:
    if topics:
        return f"{mentee.name}, what made you choose {topics[0]}, and what would you like {mentor.name} to know first?"
    return f"{mentee.name}, what would have to happen here for you to be glad that you signed up?"
