"""A client as an app would write it: it fetches its state once, and from then on changes it by each event alone.

Things are kept by id, so that whatever brings one anew brings it everywhere, and lists hold ids. All that an app has to
know besides is which list a new thing goes into, and at which end.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.community import Pair, Person

_WRITING = "id body createdAt editedAt deletedAt author { id } reactions { emoji users { id } }"
_SIGN_UP = "id role state openMatches user { id }"
_MATCH = """id state startedAt endedAt welcomesHelp mentor { id } mentee { id }
  space {
    introduction { acknowledgedByViewer acknowledgedByPartner } completion { saidByViewer saidByPartner } farewell
    pausedUntil offers viewerAsksForHelp
  }"""
PARTS = {
    "post": f"{_WRITING} stepProgress {{ id }}",
    "comment": f"{_WRITING} post {{ id }}",
    "message": _WRITING,
    "stepProgress": "id position state doneByMentorAt doneByMenteeAt",
    "checkIn": """id weekNumber state viewerDueAt
      viewerAnswer { mood body answeredAt editedAt } partnerAnswer { mood body answeredAt editedAt }""",
    "match": _MATCH,
    "signUp": _SIGN_UP,
    "program": "id state title endsOn",
    "report": "id reason state note outcome createdAt items { id kind body } review { decision }",
    "notification": "id kind text createdAt readAt subject { __typename id }",
}
"""What the state asks of each thing, and so what an event has to bring of it."""


def _page(field_name: str, part: str, more: str = "") -> str:
    return f"{field_name}(first: 100) {{ edges {{ node {{ {PARTS[part]} {more} }} }} }}"


MEMBERS_STATE = f"""
query($match: ID!) {{
  viewer {{
    activityCursor unread {{ notifications }} {_page("notifications", "notification")} {_page("matches", "match")}
    {_page("reports", "report")}
  }}
  match(id: $match) {{ {_MATCH} space {{
    activityCursor steps {{ {PARTS["stepProgress"]} }} {_page("messages", "message")} {_page("checkIns", "checkIn")}
    thread {{ {_page("posts", "post", _page("comments", "comment"))} }}
  }} }}
}}
"""

ADMINS_STATE = f"""
query($program: ID!) {{
  program(id: $program) {{ {PARTS["program"]} admin {{
    activityCursor {_page("signUps", "signUp")} {_page("matches", "match")}
  }} }}
}}
"""

EVENTS = {
    "PostAdded": "post",
    "PostChanged": "post",
    "CommentAdded": "comment",
    "CommentChanged": "comment",
    "MessageAdded": "message",
    "MessageChanged": "message",
    "StepProgressed": "stepProgress",
    "CheckInChanged": "checkIn",
    "MatchChanged": "match",
    "SignUpChanged": "signUp",
    "PlaceFreed": "signUp",
    "ProgramChanged": "program",
    "NotificationAdded": "notification",
    "NotificationChanged": "notification",
    "ReportChanged": "report",
}
"""Each type of event, and the thing that it brings."""


def _events(root: str, parameter: str, argument: str, *types: str) -> str:
    asked = " ".join(
        f"... on {name} {{ {EVENTS[name]} {{ {PARTS[EVENTS[name]]} }}"
        f"{' unreadNotifications' if EVENTS[name] == 'notification' else ''} }}"
        for name in types
    )
    return f"""subscription({parameter} $after: String) {{ {root}({argument} after: $after) {{
  __typename cursor actor {{ id }} {asked} ... on ResyncRequired {{ reason }}
}} }}"""


_OF_PROGRAMS = ("SignUpChanged", "PlaceFreed", "ProgramChanged")
_OF_PEOPLE = ("NotificationAdded", "NotificationChanged", "ReportChanged")
_OF_PAIRS = tuple(name for name in EVENTS if name not in (*_OF_PROGRAMS, *_OF_PEOPLE))
MATCH_EVENTS = _events("matchActivity", "$match: ID!,", "matchId: $match,", *_OF_PAIRS)
VIEWER_EVENTS = _events("viewerActivity", "", "", "MatchChanged", *_OF_PEOPLE)
PROGRAM_EVENTS = _events("programActivity", "$program: ID!,", "programId: $program,", "MatchChanged", *_OF_PROGRAMS)

Things = dict[str, Any]


@dataclass
class State:
    """What a client shows: things by id, and the roots by which its pages begin."""

    things: Things = field(default_factory=dict)
    roots: Things = field(default_factory=dict)

    def keep(self, name: str, value: Any) -> Any:
        """Take in what was fetched under a name; the same with ids in place of things."""
        if isinstance(value, list):
            return [self.keep(name, each) for each in value]
        if not isinstance(value, dict):
            return value
        if "edges" in value:
            return [self.keep(name, edge["node"]) for edge in value["edges"]]
        kept = {key: self.keep(key, each) for key, each in value.items()}
        if "id" not in kept:
            return kept
        _merge(self.things.setdefault(kept["id"], {}), kept)
        return kept["id"]


def _merge(old: Things, new: Things) -> None:
    for name, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(name), dict):
            _merge(old[name], value)
        else:
            old[name] = value


def _at_the_front(ids: list[str], new: str) -> None:
    ids.insert(0, new)


@dataclass
class Client:
    """One person's app: what it fetches, the streams it follows, and where each stream's cursor and new things go."""

    person: Person
    document: str
    variables: dict[str, str]
    streams: dict[str, tuple[str, Callable[[State], Things]]]
    lists: dict[str, tuple[Callable[[State, str], list[str] | None], Callable[[list[str], str], None]]]

    async def fetch(self) -> State:
        """The whole state, by one document."""
        answer = await self.person.ask(self.document, **self.variables)
        assert "errors" not in answer, answer["errors"]
        state = State()
        state.roots = {name: state.keep(name, value) for name, value in answer["data"].items()}
        return state

    def variables_of(self, stream: str) -> dict[str, str]:
        """What the stream's document is about."""
        return {name: value for name, value in self.variables.items() if f"${name}" in self.streams[stream][0]}

    def cursor(self, state: State, stream: str) -> str:
        """From where a stream goes on."""
        return self.streams[stream][1](state)["activityCursor"]

    def applied(self, state: State, stream: str, events: list[Things]) -> State:
        """The state after these events of a stream."""
        state = deepcopy(state)
        for event in events:
            self._apply(state, stream, event)
        return state

    def _apply(self, state: State, stream: str, event: Things) -> None:
        name = EVENTS[event["__typename"]]
        subject = state.keep(name, event[name])
        if name in self.lists:
            where, insert = self.lists[name]
            ids = where(state, subject)
            if ids is not None and subject not in ids:
                insert(ids, subject)
        if name == "post":
            state.things[subject].setdefault("comments", [])
        if "unreadNotifications" in event:
            state.roots["viewer"]["unread"]["notifications"] = event["unreadNotifications"]
        self.streams[stream][1](state)["activityCursor"] = event["cursor"]


def member(person: Person, pair: Pair) -> Client:
    """The app of one of the two, looking at their space and at what concerns the person across pairs."""

    def space(state: State) -> Things:
        return state.things[pair.id]["space"]

    def comments(state: State, comment: str) -> list[str]:
        return state.things[state.things[comment]["post"]]["comments"]

    streams = {"match": (MATCH_EVENTS, space), "viewer": (VIEWER_EVENTS, lambda state: state.roots["viewer"])}
    lists = {
        "post": (lambda state, _: space(state)["thread"]["posts"], _at_the_front),
        "message": (lambda state, _: space(state)["messages"], _at_the_front),
        "comment": (comments, list.append),
        "checkIn": (lambda state, _: space(state)["checkIns"], _at_the_front),
        "match": (lambda state, _: state.roots["viewer"]["matches"], _at_the_front),
        "notification": (lambda state, _: state.roots["viewer"]["notifications"], _at_the_front),
        "report": (lambda state, _: state.roots["viewer"]["reports"], _at_the_front),
    }
    return Client(person, MEMBERS_STATE, {"match": pair.id}, streams, lists)


def admin(person: Person, pair: Pair) -> Client:
    """The app of the group's admin, looking at the pair's program."""

    def page(state: State) -> Things:
        return state.things[pair.program]["admin"]

    streams = {"program": (PROGRAM_EVENTS, page)}
    lists = {
        "signUp": (lambda state, _: page(state)["signUps"], list.append),
        "match": (lambda state, _: page(state)["matches"], _at_the_front),
    }
    return Client(person, ADMINS_STATE, {"program": pair.program}, streams, lists)
