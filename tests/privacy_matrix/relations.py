"""Who a person is to a thing, told from the rows, and without a line of resolvers/access.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import asyncpg

from schema.node import NODES
from tests.privacy_matrix.rules import Reader

Rows = Mapping[UUID, Mapping[str, Any]]
OF_A_PAIR = ("Post", "Comment", "Message", "StepProgress", "CheckIn")
OWNED = {"Notification": "user_id", "DataExport": "user_id", "Block": "blocker_id"}
"""The column that says whose a thing is, and nobody else's."""

FORMING = ("SIGN_UP", "MATCHING")


@dataclass(frozen=True)
class Relations:
    """All rows of nodes as they were at one moment, by type and id."""

    rows: Mapping[str, Rows]
    roles: Mapping[tuple[UUID, UUID], str] = field(default_factory=dict)
    """A person's role in a group."""

    @classmethod
    async def now(cls, database: asyncpg.Connection) -> Self:
        """As the rows stand now."""
        rows: dict[str, Rows] = {}
        for name, model in NODES.items():
            found = await database.fetch(f'SELECT * FROM "{model._meta.db_table}"')
            rows[name] = {row["id"]: dict(row) for row in found}
        roles = {(row["user_id"], row["group_id"]): row["role"] for row in rows["Membership"].values()}
        return cls(rows, roles)

    def of(self, person: UUID | None, name: str, key: UUID) -> set[Reader]:
        """What this person, or None for nobody, is to the thing. It need not exist."""
        found = {Reader.EVERYBODY}
        row = self.rows[name].get(key)
        if person is None or row is None:
            return found
        if name == "User":
            return found | self._to_a_person(person, key)
        if name in OF_A_PAIR:
            return found | self._to_a_match(person, self.rows["Match"][row["match_id"]], row["match_id"])
        if name == "Match":
            return found | self._to_a_match(person, row, key)
        if name == "Group":
            return found | self._to_a_group(person, key)
        if name == "Membership":
            return found | self._to_a_group(person, row["group_id"])
        if name in OWNED:
            return found | ({Reader.OWNER} if row[OWNED[name]] == person else set())
        if name == "Report":
            return found | self._to_a_report(person, row, key)
        if name == "ReportItem":
            return found | self._to_a_report(person, self.rows["Report"][row["report_id"]], row["report_id"])
        if name == "ShownSignUp":
            return found | self._to_one_shown(person, row)
        program_id = key if name == "Program" else row["program_id"]
        to_program = self._to_a_program(person, program_id)
        if name != "SignUp":
            return found | to_program
        mine = row["user_id"] == person and to_program
        return found | (to_program & {Reader.ADMINS}) | ({Reader.OWNER} if mine else set())

    def matches_of(self, sign_up_id: UUID) -> list[UUID]:
        """The matches that came of a sign-up."""
        columns = ("mentor_sign_up_id", "mentee_sign_up_id")
        rows = self.rows["Match"].items()
        return [key for key, match in rows if sign_up_id in [match[column] for column in columns]]

    def _to_a_group(self, person: UUID, group_id: UUID) -> set[Reader]:
        role = self.roles.get((person, group_id))
        return {Reader.MEMBERS} | ({Reader.ADMINS} if role == "ADMIN" else set()) if role else set()

    def _to_a_program(self, person: UUID, program_id: UUID) -> set[Reader]:
        program = self.rows["Program"][program_id]
        found = self._to_a_group(person, program["group_id"])
        if program["state"] == "DRAFT":
            found = found & {Reader.ADMINS}
        paired = any(match["program_id"] == program_id and _reads(person, match) for match in self._matches())
        return found | ({Reader.THE_TWO} if paired else set())

    def _to_a_match(self, person: UUID, match: Mapping[str, Any], key: UUID) -> set[Reader]:
        found = self._to_a_program(person, match["program_id"]) & {Reader.ADMINS}
        return found | ({Reader.THE_TWO} if _reads(person, match) else set())

    def _to_one_shown(self, person: UUID, row: Mapping[str, Any]) -> set[Reader]:
        program = self.rows["Program"][row["program_id"]]
        forming = program["state"] in FORMING or (program["state"] == "RUNNING" and program["rolling"])
        blocks = [{block["blocker_id"], block["blocked_id"]} for block in self.rows["Block"].values()]
        if not forming or row["user_id"] == person or {row["user_id"], person} in blocks:
            return set()
        return self._to_a_group(person, program["group_id"]) & {Reader.MEMBERS}

    def _to_a_report(self, person: UUID, report: Mapping[str, Any], key: UUID) -> set[Reader]:
        if report["reporter_id"] == person:
            return {Reader.OWNER}
        disclosed = [self.rows["Match"][item["match_id"]] for item in self._items_of(key)]
        pairs = [match[column] for match in disclosed for column in ("mentor_id", "mentee_id")]
        if person in (report["reported_id"], *pairs):
            return set()
        as_admin = report["for_admins"] and self.roles.get((person, report["group_id"])) == "ADMIN"
        as_moderator = report["for_moderators"] and self.rows["User"][person]["is_moderator"]
        return {Reader.REVIEWERS} if as_admin or as_moderator else set()

    def _items_of(self, report_id: UUID) -> list[Mapping[str, Any]]:
        return [item for item in self.rows["ReportItem"].values() if item["report_id"] == report_id]

    def _is_named_to(self, person: UUID, key: UUID) -> bool:
        """Whether a report that `person` reads names the other one."""
        columns = ("reporter_id", "reported_id", "triaged_by_id", "decided_by_id")
        for report_id, report in self.rows["Report"].items():
            named = [item["author_id"] for item in self._items_of(report_id)]
            reads = self._to_a_report(person, report, report_id)
            if reads and key in named + [report[column] for column in columns if Reader.REVIEWERS in reads]:
                return True
        return False

    def _to_a_person(self, person: UUID, key: UUID) -> set[Reader]:
        found = {Reader.OWNER} if person == key else set()
        groups = [{group for one, group in self.roles if one == each} for each in (person, key)]
        partners = [{match["mentor_id"], match["mentee_id"]} for match in self._matches() if _reads(person, match)]
        if groups[0] & groups[1] or any(key in pair for pair in partners):
            found.add(Reader.ACQUAINTED)
        signed_up = [row["program_id"] for row in self.rows["SignUp"].values() if row["user_id"] == key]
        if any(Reader.ADMINS in self._to_a_program(person, program) for program in signed_up):
            found.add(Reader.ADMINS)
        if self._is_named_to(person, key):
            found.add(Reader.REVIEWERS)
        if person == key and self.rows["User"][key]["is_moderator"]:
            found.add(Reader.MODERATORS)
        return found

    def _matches(self) -> Any:
        return self.rows["Match"].values()


def _reads(person: UUID, match: Mapping[str, Any]) -> bool:
    return bool(
        (match["mentor_id"] == person and match["mentor_reads"])
        or (match["mentee_id"] == person and match["mentee_reads"])
    )
