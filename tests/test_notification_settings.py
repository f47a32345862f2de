"""People choose what they are told by e-mail, and when they are not to be disturbed, on the clock of their own wall."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from models.enums import NotificationKind
from resolvers.notification_texts import TEXTS
from tests.community import Community, Pair, Person
from tests.devices import another_device
from tests.documents import ACKNOWLEDGE_INTRODUCTION, CREATE_POST
from tests.post_office import Round
from tests.test_notifications import told

FIELDS = "notificationSettings { byEmail kinds { kind when inApp byEmail } quietHours { from until } }"
SETTINGS = f"{{ viewer {{ {FIELDS} }} }}"
UPDATE = f"""mutation($input: UpdateNotificationSettingsInput!) {{
  updateNotificationSettings(input: $input) {{ viewer {{ {FIELDS} }} errors {{ code message path }} }}
}}"""


async def settings_of(person: Person) -> dict:
    return (await person.do(SETTINGS))["notificationSettings"]


async def choose(person: Person, **given: object) -> dict:
    return (await person.do(UPDATE, input=given))["viewer"]["notificationSettings"]


def mailed(settings: dict) -> set[str]:
    return {each["kind"] for each in settings["kinds"] if each["byEmail"]}


USUAL = {kind.value for kind, words in TEXTS.items() if words.mailed}


async def test_who_never_chose_has_what_is_usual(community: Community) -> None:
    settings = await settings_of(await community.person("Tom"))
    assert settings["byEmail"] is True
    assert settings["quietHours"] == {"from": "22:00", "until": "08:00"}
    assert [each["kind"] for each in settings["kinds"]] == [kind.value for kind in TEXTS]
    assert {each["kind"] for each in settings["kinds"]} == set(NotificationKind)
    assert mailed(settings) == USUAL
    assert all(each["inApp"] and each["when"].startswith("When ") for each in settings["kinds"])


async def test_a_choice_stays_and_touches_no_other(community: Community) -> None:
    tom = await community.person("Tom")
    off = [{"kind": "MATCHED", "byEmail": False}, {"kind": "MATCH_ACTIVE", "byEmail": True}]
    assert mailed(await choose(tom, kinds=off)) == USUAL - {"MATCHED"} | {"MATCH_ACTIVE"}
    await choose(tom, byEmail=False)
    await choose(tom, quietHours={"from": "00:00", "until": "23:59"})
    phone = await another_device(tom)
    settings = await settings_of(phone)
    assert mailed(settings) == USUAL - {"MATCHED"} | {"MATCH_ACTIVE"}
    assert (settings["byEmail"], settings["quietHours"]) == (False, {"from": "00:00", "until": "23:59"})
    async with community.nothing_changes():
        assert await choose(phone) == settings
        assert await choose(phone, kinds=off, byEmail=None) == settings
    assert (await choose(phone, quietHours=None))["quietHours"] is None
    assert mailed(await settings_of(await community.person("Maya"))) == USUAL, "nobody else's changed"


@pytest.mark.parametrize(
    ("quiet", "path"),
    [
        ({"from": "24:00", "until": "08:00"}, ["input", "quietHours", "from"]),
        ({"from": "22:00", "until": "8:00"}, ["input", "quietHours", "until"]),
        ({"from": "22:00", "until": "08:60"}, ["input", "quietHours", "until"]),
        ({"from": "٢٢:٠٠", "until": "08:00"}, ["input", "quietHours", "from"]),
        ({"from": "22:00\n", "until": "08:00"}, ["input", "quietHours", "from"]),
        ({"from": "08:00", "until": "08:00"}, ["input", "quietHours"]),
    ],
)
async def test_times_that_are_none_are_refused_and_nothing_is_chosen(
    community: Community, quiet: dict, path: list[str]
) -> None:
    tom = await community.person("Tom")
    async with community.nothing_changes():
        given = {"byEmail": False, "kinds": [{"kind": "MATCHED", "byEmail": False}], "quietHours": quiet}
        error = await tom.refused(UPDATE, input=given)
    assert (error["code"], error["path"]) == ("INVALID_INPUT", path)


async def test_nobody_who_is_not_signed_in_chooses_anything(community: Community) -> None:
    async with community.nothing_changes():
        error = await community.nobody.refused(UPDATE, input={"byEmail": False})
    assert error["code"] == "UNAUTHENTICATED"
    assert await community.nobody.do(SETTINGS) is None


async def test_two_devices_that_choose_at_once_are_both_heard(community: Community) -> None:
    tom = await community.person("Tom")
    kinds = [kind.value for kind in NotificationKind]
    await asyncio.gather(
        *(
            choose(tom, kinds=[{"kind": kind, "byEmail": False} for kind in order])
            for order in (kinds, kinds[::-1], kinds[::2], kinds[::-2])
            for _ in range(4)
        )
    )
    assert mailed(await settings_of(tom)) == set()


async def test_what_is_not_wanted_by_email_comes_here_only(mail: Round, community: Community) -> None:
    """Also when it is not wanted any more by the time it is due. What is not usual comes when it was chosen."""
    pair = await community.pair()
    await choose(pair.mentee, kinds=[{"kind": "MATCHED", "byEmail": False}, {"kind": "MATCH_ACTIVE", "byEmail": True}])
    await choose(pair.mentor, byEmail=False)
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    await mail.goes()
    assert mail.office.subjects(pair.mentee) == ["Your mentorship is under way"]
    assert mail.office.to(pair.mentor) == []
    assert await mail.states(pair.mentor) == [("POINTLESS", 0, None)]
    tom, maya = await another_device(pair.mentee), await another_device(pair.mentor)
    assert (await told(tom)).kinds == ["MATCH_ACTIVE", "MATCHED"], "here it comes always"
    assert (await told(maya)).kinds == ["MATCHED"]


async def test_nothing_is_queued_for_who_wants_no_emails(mail: Round, community: Community) -> None:
    pair = await community.pair()
    await choose(pair.mentee, byEmail=False)
    before = await mail.states(pair.mentee)
    await pair.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    assert await mail.states(pair.mentee) == before
    assert (await told(pair.mentee)).kinds[0] == "INTRODUCTION_ACKNOWLEDGED"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def toms_pair(mail: Round, community: Community, zone: str, moment: str, quiet: tuple[str, str]) -> Pair:
    """A pair that is made at a moment of UTC; Tom lives in a zone and has quiet hours, and Maya has neither."""
    mail.served.clock.now = at(moment)
    pair = await community.pair()
    await community.database.execute("UPDATE users SET time_zone = $1 WHERE email = $2", zone, pair.mentee.email)
    await choose(pair.mentee, quietHours={"from": quiet[0], "until": quiet[1]})
    await choose(pair.mentor, quietHours=None)
    return pair


NIGHTS = [
    # On 29 March 2026 02:30 does not exist, since clocks skip to 03:00 at 01:00 UTC: quiet hours until then end there.
    ("Europe/Berlin", "2026-03-28T22:00", ("22:00", "02:30"), "2026-03-29T01:00"),
    ("Europe/Berlin", "2026-03-28T22:00", ("22:00", "08:00"), "2026-03-29T06:00"),
    # On 25 October 2026 02:30 comes twice, at 00:30 and 01:30 UTC: the first one counts.
    ("Europe/Berlin", "2026-10-24T21:00", ("22:00", "02:30"), "2026-10-25T00:30"),
    ("Europe/Berlin", "2026-10-24T21:00", ("22:00", "08:00"), "2026-10-25T07:00"),
    # 25 hours apart: where one has Monday's morning, the other has Saturday's evening.
    ("Pacific/Kiritimati", "2026-05-03T16:00", ("22:00", "08:00"), "2026-05-03T18:00"),
    ("Pacific/Pago_Pago", "2026-05-04T10:00", ("22:00", "08:00"), "2026-05-04T19:00"),
    # By day, in a zone with half an hour.
    ("Asia/Kolkata", "2026-05-04T05:00", ("09:00", "17:15"), "2026-05-04T11:45"),
]


@pytest.mark.parametrize(("zone", "made", "quiet", "over"), NIGHTS)
async def test_an_email_waits_until_quiet_hours_are_over(
    mail: Round, community: Community, zone: str, made: str, quiet: tuple[str, str], over: str
) -> None:
    """Maya's goes out at once; Tom's at the very minute at which his quiet hours end, and not one earlier."""
    pair = await toms_pair(mail, community, zone, made, quiet)
    await mail.goes()
    assert (len(mail.office.to(pair.mentor)), len(mail.office.to(pair.mentee))) == (1, 0)
    assert await mail.states(pair.mentee) == [("WAITING", 0, None)], "it was not tried"
    mail.served.clock.now = at(over) - timedelta(seconds=1)
    await mail.goes(timedelta(0))
    assert mail.office.to(pair.mentee) == []
    await mail.goes(timedelta(seconds=1))
    assert mail.office.subjects(pair.mentee) == ["You have been matched"]


async def test_after_a_night_in_which_he_read_it_he_is_not_sent_it(mail: Round, community: Community) -> None:
    pair = await toms_pair(mail, community, "UTC", "2026-06-01T23:00", ("22:00", "08:00"))
    await mail.goes()
    await community.database.execute("UPDATE notifications SET read_at = created_at")
    mail.served.clock.now = at("2026-06-02T08:00")
    await mail.goes(timedelta(0))
    assert mail.office.to(pair.mentee) == []


async def test_quiet_hours_that_got_longer_meanwhile_are_kept(mail: Round, community: Community) -> None:
    pair = await toms_pair(mail, community, "UTC", "2026-06-03T23:00", ("22:00", "08:00"))
    await mail.goes()
    await choose(pair.mentee, quietHours={"from": "22:00", "until": "10:00"})
    mail.served.clock.now = at("2026-06-04T08:00")
    await mail.goes(timedelta(0))
    assert mail.office.to(pair.mentee) == []
    mail.served.clock.now = at("2026-06-04T10:00")
    await mail.goes(timedelta(0))
    assert len(mail.office.to(pair.mentee)) == 1
