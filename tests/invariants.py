"""What must be true of the whole database after any story and any race, asked in SQL."""

from collections.abc import Collection

import asyncpg

OPEN_MATCH = "('INTRODUCED', 'ACTIVE', 'PAUSED')"
OPEN_SIGN_UP = "('WAITING', 'MATCHED')"

_MEMBER = "SELECT 1 FROM memberships WHERE memberships.group_id = programs.group_id AND memberships.user_id ="
_TAKEN = f"""(SELECT count(*) FROM matches WHERE sign_ups.id IN (mentor_sign_up_id, mentee_sign_up_id)
    AND state IN {OPEN_MATCH})"""
_HOLES = """SELECT stream.id FROM {table} AS stream WHERE activity_head <> activity_floor
    + (SELECT count(*) FROM activity WHERE stream_id = stream.id AND number BETWEEN 1 AND activity_head)"""

_MISCOUNTED = """SELECT id FROM matches WHERE {reader}_unread_{what} <> (SELECT count(*) FROM {what}
    WHERE match_id = matches.id AND author_id = {writer}_id AND number > {reader}_read_up_to AND deleted_at IS NULL)"""

BROKEN = {
    "an open match of somebody who is no member": f"""
        SELECT matches.id FROM matches JOIN programs ON programs.id = program_id WHERE matches.state IN {OPEN_MATCH}
        AND NOT (EXISTS ({_MEMBER} mentor_id) AND EXISTS ({_MEMBER} mentee_id))""",
    "an open match in a program that pairs nobody yet or was cancelled": f"""
        SELECT matches.id FROM matches JOIN programs ON programs.id = program_id WHERE matches.state IN {OPEN_MATCH}
        AND programs.state IN ('DRAFT', 'SIGN_UP', 'CANCELLED')""",
    "a mentee with two open matches in a program": f"""
        SELECT mentee_id FROM matches WHERE state IN {OPEN_MATCH} GROUP BY program_id, mentee_id HAVING count(*) > 1""",
    "a match that is not of its two sign-ups": """
        SELECT matches.id FROM matches JOIN sign_ups AS offers ON offers.id = mentor_sign_up_id
        JOIN sign_ups AS seeks ON seeks.id = mentee_sign_up_id
        WHERE (offers.user_id, offers.role, offers.program_id) <> (mentor_id, 'MENTOR', matches.program_id)
        OR (seeks.user_id, seeks.role, seeks.program_id) <> (mentee_id, 'MENTEE', matches.program_id)""",
    "a sign-up whose count is not that of its open matches": f"""
        SELECT id FROM sign_ups WHERE open_matches <> {_TAKEN}""",
    "a sign-up with more matches than places": "SELECT id FROM sign_ups WHERE open_matches > capacity",
    "a sign-up that waits without a place, or is matched with one": """
        SELECT id FROM sign_ups WHERE (state = 'WAITING' AND open_matches >= capacity)
        OR (state = 'MATCHED' AND open_matches < capacity)""",
    "an open sign-up of somebody who is no member": f"""
        SELECT sign_ups.id FROM sign_ups JOIN programs ON programs.id = program_id
        WHERE sign_ups.state IN {OPEN_SIGN_UP} AND NOT EXISTS ({_MEMBER} sign_ups.user_id)""",
    "an open sign-up in a program that was cancelled": f"""
        SELECT sign_ups.id FROM sign_ups JOIN programs ON programs.id = program_id
        WHERE sign_ups.state IN {OPEN_SIGN_UP} AND programs.state = 'CANCELLED'""",
    "an ended match whose last number is not its end, said by nobody": f"""
        SELECT matches.id FROM matches
        WHERE state NOT IN {OPEN_MATCH} AND activity_floor < activity_head AND NOT EXISTS (SELECT 1 FROM activity
        WHERE stream_id = matches.id AND number = activity_head AND kind = 'MATCH_CHANGED' AND actor_id IS NULL)""",
    "a pair under way at which the ticker does not look": """
        SELECT id FROM matches
        WHERE state = 'ACTIVE' AND num_nulls(silent_since, next_check_in_at, next_nudge_at) > 0""",
    "a pair that was in touch in more weeks than it has had": """
        SELECT id FROM matches WHERE weeks_in_touch > touched_week""",
    "a pair with two check-ins that are open": """
        SELECT match_id FROM check_ins WHERE state IN ('OPEN', 'PARTIAL') GROUP BY match_id HAVING count(*) > 1""",
    "a check-in less than half a week after the one before": """
        SELECT earlier.id FROM check_ins AS earlier JOIN check_ins AS later USING (match_id)
        WHERE later.week_number > earlier.week_number AND later.opened_at < earlier.opened_at + interval '84 hours'""",
    "a nudge about a silence that was shorter": """
        SELECT id FROM nudges WHERE created_at < silent_since + make_interval(days => level)""",
    "a reaction to what was deleted": " UNION ALL ".join(
        f"SELECT subject_id FROM {kind}_reactions JOIN {kind}s ON {kind}s.id = subject_id WHERE deleted_at IS NOT NULL"
        for kind in ("post", "comment", "message")
    ),
    "a person whose count is not that of his unread notifications": """
        SELECT id FROM users WHERE unread_notifications
        <> (SELECT count(*) FROM notifications WHERE user_id = users.id AND read_at IS NULL)""",
    "an unread count that is not what counting finds": " UNION ".join(
        _MISCOUNTED.format(reader=reader, writer=writer, what=what)
        for reader, writer in (("mentor", "mentee"), ("mentee", "mentor"))
        for what in ("posts", "messages")
    ),
    "a hole in a match's stream": _HOLES.format(table="matches"),
    "a hole in a program's stream": _HOLES.format(table="programs"),
    "a hole in a person's stream": _HOLES.format(table="users"),
}
"""By what it would mean: a statement that finds rows where it happened."""


async def invariants(database: asyncpg.Connection, *, but: Collection[str] = ()) -> None:
    """Raises AssertionError naming what is broken, with an id or two to look at; `but` for what the story brought
    about itself."""
    asked = {meaning: statement for meaning, statement in BROKEN.items() if meaning not in but}
    found = {meaning: await database.fetch(f"({statement}) LIMIT 2") for meaning, statement in asked.items()}
    assert not any(found.values()), {meaning: [str(row[0]) for row in rows] for meaning, rows in found.items() if rows}
