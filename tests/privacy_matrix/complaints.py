"""The reports of the matrix's story: to whom each goes, what it discloses, and how far its reviewers have come."""

from tests.community import Pair, Person
from tests.documents import TRIAGE_REPORT
from tests.reporting import decide, report


async def complain(earlier: Pair, now: Pair, elsewhere: Pair, moderator: Person) -> None:
    """Reports to admins, to moderators and to both; about a partner, and about the admin; looked at, and decided."""
    for pair, reporter, to, how in (
        (earlier, "mentor", ["GROUP_ADMIN"], "decided"),
        (elsewhere, "mentee", ["MODERATOR"], "triaged"),
        (now, "mentee", ["GROUP_ADMIN", "MODERATOR"], "triaged"),
    ):
        who, other = (pair.mentor, pair.mentee) if reporter == "mentor" else (pair.mentee, pair.mentor)
        thread = "{ thread { posts(first: 20) { edges { node { id author { id } editedAt } } } } }"
        found = await who.do(f"query($id: ID!) {{ match(id: $id) {{ space {thread} }} }}", id=pair.id)
        posts = [edge["node"] for edge in found["space"]["thread"]["posts"]["edges"]]
        post = next(each["id"] for each in posts if each["author"]["id"] == other.id and each["editedAt"])
        made = await report(who, post, *to, note="Please look at this", disclose=[post])
        reviewer = moderator if to == ["MODERATOR"] else pair.admin
        if how == "decided":
            await decide(reviewer, made, "DISMISS", note="Nothing to act on")
        else:
            await reviewer.do(TRIAGE_REPORT, input={"reportId": made})
    await report(now.mentor, now.admin.id, "GROUP_ADMIN", "MODERATOR", note="She looks away")
