"""What a client knows of a pair's space: fetched whole, then changed by each event that it hears."""

from dataclasses import dataclass, field
from typing import Any

import httpx

STATE = """
query($id: ID!, $after: String) {
  match(id: $id) { state space {
    activityCursor
    steps { id state }
    thread { posts(first: 100, after: $after) {
      edges { node { id body deletedAt comments(first: 100) {
        edges { node { id body deletedAt } } pageInfo { hasNextPage }
      } } }
      pageInfo { hasNextPage endCursor }
    } }
  } }
}
"""

EVENTS = """
subscription($matchId: ID!, $after: String) {
  matchActivity(matchId: $matchId, after: $after) {
    __typename cursor actor { id }
    ... on PostAdded { post { id body deletedAt } }
    ... on PostChanged { post { id body deletedAt } }
    ... on CommentAdded { comment { id body deletedAt } }
    ... on CommentChanged { comment { id body deletedAt } }
    ... on StepProgressed { stepProgress { id state } }
    ... on MatchChanged { match { id state } }
    ... on ResyncRequired { reason }
  }
}
"""

KINDS = {
    "PostAdded": ("POST_ADDED", "post"),
    "PostChanged": ("POST_CHANGED", "post"),
    "CommentAdded": ("COMMENT_ADDED", "comment"),
    "CommentChanged": ("COMMENT_CHANGED", "comment"),
    "StepProgressed": ("STEP_PROGRESSED", "stepProgress"),
    "MatchChanged": ("MATCH_CHANGED", "match"),
}
"""An event's type: the kind under which the log keeps it, and the field that shows its subject."""


@dataclass
class PairState:
    """The words and states that a client shows, by global id; the same for two clients that know the same."""

    match: str = ""
    writing: dict[str, tuple[str | None, bool]] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)

    def hear(self, event: dict[str, Any]) -> str:
        """Take an event in; the global id of its subject."""
        name = KINDS[event["__typename"]][1]
        subject = event[name]
        if name == "match":
            self.match = subject["state"]
        elif name == "stepProgress":
            self.steps[subject["id"]] = subject["state"]
        else:
            self.writing[subject["id"]] = _words(subject)
        return subject["id"]


async def fetch_state(http: httpx.AsyncClient, url: str, token: str, match_id: str) -> tuple[PairState, str]:
    """The whole space, and the cursor to follow it from. Raises httpx.HTTPError when the server has no answer now."""
    state, after, cursor = PairState(), None, None
    while True:
        body = {"query": STATE, "variables": {"id": match_id, "after": after}}
        response = await http.post(f"{url}/graphql", json=body, headers={"authorization": f"Bearer {token}"})
        answer = response.raise_for_status().json()
        if "errors" in answer:
            raise httpx.HTTPError(f"the state could not be fetched: {answer['errors']}")
        match = answer["data"]["match"]
        # The first page's: whatever changes while the pages are read is heard again.
        cursor = cursor or match["space"]["activityCursor"]
        posts = match["space"]["thread"]["posts"]
        state.match = match["state"]
        state.steps = {step["id"]: step["state"] for step in match["space"]["steps"]}
        for edge in posts["edges"]:
            state.writing[edge["node"]["id"]] = _words(edge["node"])
            assert not edge["node"]["comments"]["pageInfo"]["hasNextPage"], "a post has more comments than are fetched"
            for comment in edge["node"]["comments"]["edges"]:
                state.writing[comment["node"]["id"]] = _words(comment["node"])
        if not posts["pageInfo"]["hasNextPage"]:
            return state, cursor
        after = posts["pageInfo"]["endCursor"]


def _words(writing: dict[str, Any]) -> tuple[str | None, bool]:
    return writing["body"], writing["deletedAt"] is not None
