"""The shipped templates: what a pair finds in each of them, and what their author hears when a file is wrong."""

import re
from collections import Counter
from importlib.resources import files
from itertools import pairwise

import pytest

from models.enums import StepRule
from models.program_templates import (
    MAX_STEPS,
    MAX_WEEKS,
    SHIPPED,
    InvalidTemplate,
    ProgramTemplate,
    parse_template,
    program_template,
    program_templates,
)
from resolvers.program_steps import LONGEST_GUIDANCE

WEEKS = {
    "career_advancement": 12,
    "skill_development": 8,
    "encouragement_and_support": 10,
    "new_parents": 12,
    "hobby_to_business": 10,
    "first_race": 10,
    "first_year": 24,
    "blank": 12,
}
GUIDED = [template for template in program_templates() if template.steps]

every_guided_template = pytest.mark.parametrize("template", GUIDED, ids=lambda template: template.key)


def test_an_admin_chooses_among_eight_templates_in_one_fixed_order_with_blank_last() -> None:
    assert {template.key: template.weeks for template in program_templates()} == WEEKS
    assert tuple(template.key for template in program_templates()) == SHIPPED
    assert SHIPPED[-1] == "blank"
    assert all(template.name and template.summary for template in program_templates())


def test_no_template_lies_in_the_folder_without_being_offered() -> None:
    names = {file.name for file in files("models").joinpath("templates").iterdir()}
    assert names == {f"{key}.toml" for key in SHIPPED}


def test_an_admin_finds_a_template_by_its_key_and_nothing_under_an_unknown_one() -> None:
    found = program_template("skill_development")
    assert found is not None
    assert (found.name, len(found.steps)) == ("Skill development", 8)
    assert program_template("no_such_template") is None


def test_the_blank_template_leaves_all_steps_to_the_group() -> None:
    assert [template.key for template in program_templates() if not template.steps] == ["blank"]


@every_guided_template
def test_the_steps_count_from_one_and_go_forward_to_the_last_week(template: ProgramTemplate) -> None:
    weeks = [step.week for step in template.steps]
    assert [step.position for step in template.steps] == list(range(1, len(weeks) + 1))
    assert weeks == sorted(weeks)
    assert (weeks[0], weeks[-1]) == (1, template.weeks)


@every_guided_template
def test_a_pair_never_waits_longer_than_three_weeks_for_its_next_step(template: ProgramTemplate) -> None:
    weeks = [step.week for step in template.steps]
    assert max(after - before for before, after in pairwise(weeks)) <= 3
    assert len(set(weeks)) == len(weeks), "two steps open in the same week"


@every_guided_template
def test_every_step_speaks_to_both_roles_in_words_of_their_own(template: ProgramTemplate) -> None:
    for step in template.steps:
        assert step.mentor_guidance != step.mentee_guidance, step.title
        for guidance in (step.mentor_guidance, step.mentee_guidance):
            assert 40 <= len(guidance.split()) <= 220, f"{step.title}: {len(guidance.split())} words"
    guidances = [text for step in template.steps for text in (step.mentor_guidance, step.mentee_guidance)]
    assert len(set(guidances)) == len(guidances)


@every_guided_template
def test_the_first_step_is_meet_and_tells_both_how_to_end_and_how_to_report(template: ProgramTemplate) -> None:
    meet = template.steps[0]
    assert (meet.title, meet.rule) == ("Meet", StepRule.BOTH)
    for guidance in (meet.mentor_guidance, meet.mentee_guidance):
        assert "**Agree how you will work:**" in guidance
        assert "end the match at any time" in guidance
        assert "report anything that troubles you" in guidance
        assert "seen by nobody else" in guidance


@every_guided_template
def test_the_midpoint_review_lies_in_the_middle_and_asks_both(template: ProgramTemplate) -> None:
    [review] = [step for step in template.steps if step.title == "Midpoint review"]
    assert abs(review.week - (template.weeks + 1) / 2) <= 0.5
    assert review.rule == StepRule.BOTH


@every_guided_template
def test_the_last_step_is_a_farewell_of_both(template: ProgramTemplate) -> None:
    assert (template.steps[-1].title, template.steps[-1].rule) == ("Farewell", StepRule.BOTH)


@every_guided_template
def test_titles_are_unique_and_a_step_fits_into_an_evening(template: ProgramTemplate) -> None:
    titles = [step.title for step in template.steps]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 40 for title in titles)
    assert all(15 <= step.minutes <= 120 and step.minutes % 5 == 0 for step in template.steps)


@every_guided_template
def test_the_farewell_tells_both_that_it_takes_two_to_complete(template: ProgramTemplate) -> None:
    farewell = template.steps[-1]
    for guidance in (farewell.mentor_guidance, farewell.mentee_guidance):
        assert re.search(r"complete|you two are done|you are done|both say yes|both of you have said", guidance)


@every_guided_template
def test_a_step_builds_on_weeks_that_have_a_step(template: ProgramTemplate) -> None:
    """What a pair is sent back to, or told to keep for later, is there."""
    weeks = {step.week for step in template.steps}
    for step in template.steps:
        named = {int(week) for week in re.findall(r"\bweek (\d+)", step.mentor_guidance + step.mentee_guidance)}
        assert named <= weeks, step.title
        assert step.week not in named, step.title


@every_guided_template
def test_an_admin_could_have_written_it(template: ProgramTemplate) -> None:
    """What ships keeps to the limits of what admins may write themselves."""
    assert template.weeks <= MAX_WEEKS and len(template.steps) <= MAX_STEPS
    for step in template.steps:
        assert max(len(step.mentor_guidance), len(step.mentee_guidance)) <= LONGEST_GUIDANCE


def test_no_sentence_is_said_twice_but_how_to_end_and_how_to_report() -> None:
    """Somebody who is in three programs reads three programs."""
    said = Counter(
        sentence
        for template in GUIDED
        for step in template.steps
        for guidance in (step.mentor_guidance, step.mentee_guidance)
        for part in guidance.split("\n")
        if not part.startswith("**If something is wrong:**")
        for sentence in re.split(r"(?<=[.?!])\s+", part)
        if len(sentence.split()) > 4
    )
    twice = {sentence for sentence, times in said.items() if times > 1}
    assert twice <= {"In an emergency, call the local emergency number."}


STEP = '[[steps]]\nposition = 1\nweek = 1\ntitle = "Meet"\nmentor_guidance = "Ask."\nmentee_guidance = "Say."\n'
SOUND = f'key = "tiny"\nname = "Tiny"\nsummary = "One step."\nweeks = 2\n{STEP}rule = "BOTH"\nminutes = 30\n'


def test_an_author_writes_a_sound_file_and_gets_its_template() -> None:
    template = parse_template("tiny", SOUND)
    assert (template.key, template.weeks, template.steps[0].rule) == ("tiny", 2, StepRule.BOTH)


@pytest.mark.parametrize(
    ("slip", "correction", "message"),
    [
        ('key = "tiny"', 'key = "other"', "template tiny: its key is 'other', which is not its file's name"),
        ('summary = "One step."', 'summary = " "', "template tiny: summary must be a text that is not empty"),
        ("weeks = 2", "weeks = 0", "template tiny: weeks is 0; it must be a whole number from 1 to 52"),
        ("weeks = 2", "weeks = true", "template tiny: weeks is True; it must be a whole number from 1 to 52"),
        ("position = 1", "position = 2", "template tiny, step 1: position is 2"),
        ("week = 1", "week = 3", "template tiny, step 1: week is 3; it must be a whole number from 1 to 2"),
        ('mentee_guidance = "Say."', 'mentee_guidance = ""', "template tiny, step 1: mentee_guidance must be a text"),
        ('mentee_guidance = "Say."\n', "", "template tiny, step 1: mentee_guidance missing"),
        ('rule = "BOTH"', 'rule = "NONE"', "rule is 'NONE'; it must be one of EITHER, BOTH, MENTEE"),
        ("minutes = 30", "minutes = 30\ncolour = 1", "template tiny, step 1: unknown field colour"),
        ("weeks = 2", "weeks =", "template tiny: Invalid value"),
    ],
)
def test_an_author_slips_and_is_told_where_and_what(slip: str, correction: str, message: str) -> None:
    assert SOUND.count(slip) == 1
    with pytest.raises(InvalidTemplate) as refusal:
        parse_template("tiny", SOUND.replace(slip, correction))
    assert message in str(refusal.value)


def test_an_author_puts_a_later_step_into_an_earlier_week_and_is_refused() -> None:
    first = SOUND.replace("week = 1", "week = 2")
    second = STEP.replace("position = 1", "position = 2").replace("Meet", "Talk") + 'rule = "EITHER"\nminutes = 20\n'
    with pytest.raises(InvalidTemplate, match="step 2: week 1 comes after week 2; weeks never go back"):
        parse_template("tiny", first + second)


def test_an_author_gives_two_steps_one_title_and_is_refused() -> None:
    second = STEP.replace("position = 1", "position = 2") + 'rule = "EITHER"\nminutes = 20\n'
    with pytest.raises(InvalidTemplate, match="two steps share the title Meet"):
        parse_template("tiny", SOUND + second)
