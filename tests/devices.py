"""A person's devices: each logs in for itself, and goes on with a session of its own."""

from dataclasses import replace
from typing import Any

from tests.community import PASSWORD, Community, Person
from tests.documents import LOG_IN

VIEWER = "{ viewer { user { id name timeZone locale } email birthDate } }"
_ERRORS = "errors { code message path }"
REFRESH = f"""mutation($input: RefreshSessionInput!) {{
  refreshSession(input: $input) {{ session {{ accessToken refreshToken expiresAt }} {_ERRORS} }}
}}"""
LOG_OUT = f"mutation($input: LogOutInput!) {{ logOut(input: $input) {{ user {{ id }} {_ERRORS} }} }}"
LOG_OUT_EVERYWHERE = f"""mutation($input: LogOutEverywhereInput!) {{
  logOutEverywhere(input: $input) {{ user {{ id }} {_ERRORS} }}
}}"""


def holding(person: Person, session: dict[str, Any]) -> Person:
    """The same person with the tokens of another session, or newer ones."""
    return replace(person, token=session["accessToken"], refresh_token=session["refreshToken"])


async def refreshed(person: Person) -> Person:
    """The person with new tokens. The access token stays at home: it may have expired."""
    payload = await replace(person, token=None).do(REFRESH, input={"refreshToken": person.refresh_token})
    return holding(person, payload["session"])


async def another_device(person: Person, password: str = PASSWORD) -> Person:
    """The person, logged in once more."""
    payload = await replace(person, token=None).do(LOG_IN, input={"email": person.email, "password": password})
    return holding(person, payload["session"])


async def signed_in(person: Person) -> bool:
    """Whether the person's access token is good; if it is not, the answer must say UNAUTHENTICATED and nothing else."""
    answer = await person.ask(VIEWER)
    if "errors" in answer:
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
        assert answer.get("data") is None
        return False
    assert answer["data"]["viewer"]["email"] == person.email
    return True


async def refresh_refused(community: Community, person: Person) -> None:
    """The person's refresh token is good for nothing; the answer does not say why."""
    error = await community.nobody.refused(REFRESH, input={"refreshToken": person.refresh_token})
    assert (error["code"], error["path"]) == ("UNAUTHENTICATED", ["input", "refreshToken"])
    unknown = await community.nobody.refused(REFRESH, input={"refreshToken": "never-issued"})
    assert error == unknown
