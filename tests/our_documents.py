"""Documents made at random from our own schema: what their arguments are, so that most of them find something."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLObjectType

from models.errors import Refused
from pubsub.streams import match_stream, program_stream, user_stream
from resolvers.sessions import authenticate
from resolvers.tokens import Tokens
from schema.context import Context
from schema.node import parse_id
from schema.schema import schema
from tests.community import PASSWORD, Person
from tests.random_documents import Maker
from tests.scenes import Scene
from tests.servers import SECRET_KEY, Clock

TOKENS = Tokens([SECRET_KEY])

CHANCES = {"first": 0.6, "last": 0.08, "after": 0.06, "before": 0.05, "idempotencyKey": 0.3, "topic": 0.2}
"""Of arguments that refuse each other, or that leave little to be found: how often they are given."""

CHANCES |= {f"{stream}.after": 0.95 for stream in ("matchActivity", "viewerActivity", "programActivity")}

KEYS = {
    "matchId": "Match",
    "postId": "Post",
    "commentId": "Comment",
    "messageId": "Message",
    "stepProgressId": "StepProgress",
    "programId": "Program",
    "groupId": "Group",
    "userId": "User",
    "signUpId": "SignUp",
    "mentorSignUpId": "SignUp",
    "menteeSignUpId": "SignUp",
}
"""Of which type the id is that an argument or an input's field of this name takes."""


def maker(scene: Scene, random: Random) -> Maker:
    """Makes documents about what there is in a scene."""
    return Maker(schema._schema, random, values(scene), CHANCES, wrong=0.01, deep=12, sizes=(10, 20, 40))


def values(scene: Scene) -> Mapping[str, Sequence[Any]]:
    """What each argument and input's field may be given, by its place."""
    ids, pair = scene.ids, scene.pair
    every = [*ids.values(), *pair.sign_ups.values(), pair.mentee.id]
    wrong = ["garbage", ids["Post"][:-4] + "AAAA"]
    of_match, of_person, of_program = (
        [stream.cursor(number) for number in (0, 1, 5, 999)]
        for stream in (
            match_stream(_key(pair.id)),
            user_stream(_key(pair.mentor.id)),
            program_stream(_key(pair.program)),
        )
    )
    by_name: dict[str, list[Any]] = {name: [ids[kind]] * 8 + [*wrong, ids["Program"]] for name, kind in KEYS.items()}
    by_name |= {
        "mentorSignUpId": [pair.sign_ups["MENTOR"], *wrong],
        "userId": [pair.mentor.id, pair.mentee.id, *wrong],
        "subjectId": [ids["Post"], ids["Message"], ids["Comment"], *wrong],
        "upTo": [*of_match, "garbage"],
        "id": every + wrong,
        "ids": every + wrong,
        "first": [1, 2, 3, 100, 0],
        "last": [1, 2, 101],
        "slug": [scene.slug, scene.slug, "tea-tasters", "No slug"],
        "topic": ["soap", "SOAP", "tea"],
        "query": ["post", "psst", "soap", "-", ""],
        "emoji": ["🌱", "👍", "soap"],
        "name": ["Mira", "Tea Tasters", ""],
        "email": [pair.mentor.email, "somebody@example.org", "no address"],
        "password": [PASSWORD, PASSWORD, "wrong"],
        "refreshToken": [pair.mentor.refresh_token, pair.admin.refresh_token, "wrong"],
        "templateKey": ["skill_development", "blank", "none"],
        "timeZone": ["UTC", "Europe/Berlin", "Mars/Olympus"],
        "languages": ["en", "de"],
        "idempotencyKey": ["key 1", "key 2"],
        "birthDate": ["1990-02-28", "2015-01-01"],
        "startsOn": ["2026-04-01"],
        "capacity": [1, 3, 9],
    }
    found: dict[str, Sequence[Any]] = {
        "Markdown": ["Hello", "**Hello** <b>", "  ", "soap"],
        "Date": ["2026-04-01"],
        "DateTime": ["2026-04-01T10:00:00Z"],
        "ID": every,
    }
    for place, name in _places():
        if name in by_name:
            found[place] = by_name[name]
    return found | {
        "match.id": [ids["Match"]] * 4 + wrong,
        "program.id": [ids["Program"]] * 4 + wrong,
        "matchActivity.matchId": [ids["Match"]] * 9 + wrong,
        "matchActivity.after": [*of_match, *of_match[:2], of_person[0]],
        "viewerActivity.after": [*of_person, *of_person[:2], "garbage"],
        "programActivity.after": [*of_program, *of_program[:2]],
    }


def _places() -> list[tuple[str, str]]:
    """All arguments and input's fields of the schema: "field.argument" or "Type.field", and the last name alone."""
    found = []
    for kind in schema._schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            found += [(f"{kind.name}.{name}", name) for name in kind.fields]
        elif isinstance(kind, GraphQLObjectType):
            found += [(f"{field}.{name}", name) for field, each in kind.fields.items() for name in each.args]
    return found


async def context_of(person: Person, clock: Clock) -> Context:
    """A context as the server makes it: of nobody where the person's session has ended."""
    try:
        viewer = None if person.token is None else (await authenticate(TOKENS, person.token, Clock().now))[0]
    except Refused:
        viewer = None
    return Context(viewer=viewer, now=clock(), tokens=TOKENS)


def _key(value: str) -> Any:
    parsed = parse_id(value)
    assert parsed is not None
    return parsed[1]
