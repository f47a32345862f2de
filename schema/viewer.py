"""The person who is signed in, and what is his or hers alone to see."""

from datetime import date, datetime
from typing import Annotated

import strawberry
from strawberry import Parent

from models.blocks import Block as BlockRow
from models.enums import MatchState
from models.exports import DataExport as DataExportRow
from models.matches import Match as MatchRow
from models.notifications import Notification as NotificationRow
from models.reports import Report as ReportRow
from models.sign_ups import SignUp as SignUpRow
from pubsub.streams import user_stream
from resolvers import access, account_deletions, blocks, devices, read_states
from resolvers.notifications import NEWEST_FIRST
from resolvers.pages import Order
from schema import search
from schema.blocks import Block
from schema.check_in_settings import CheckInSettings
from schema.connections import After, Before, Connection, First, Last, part
from schema.context import Info
from schema.data_exports import DataExport
from schema.devices import DeviceSession
from schema.fields import field, shown
from schema.groups import Group
from schema.matches import Match
from schema.moderation import Moderation
from schema.notification_settings import NotificationSettings
from schema.notifications import Notification
from schema.privacy_settings import PrivacySettings
from schema.read_states import UnreadCounts
from schema.reports import Report
from schema.rows import page_of
from schema.search import MatchId, SearchConnection, Words
from schema.sign_ups import SignUp
from schema.users import User

States = Annotated[
    list[MatchState] | None, strawberry.argument(description="Only matches in one of these states; all when left out.")
]


UnreadOnly = Annotated[bool | None, strawberry.argument(description="Only those that were not read yet.")]


@strawberry.type(description="The person who is signed in.")
class Viewer:
    @field(description="The person, as others see him or her.")
    def user(self, root: Parent[access.Viewer]) -> User:
        return shown(root.user)

    @field(description="The account's e-mail address; nobody else sees it.")
    def email(self, root: Parent[access.Viewer]) -> str:
        return root.user.email

    @field(description="Whether the person has shown that the address is his or hers: see `verifyEmail`.")
    def email_verified(self, root: Parent[access.Viewer]) -> bool:
        return root.user.email_verified_at is not None

    @field(description="The devices on which the person is logged in, used last first, 100 at most.")
    async def sessions(self, root: Parent[access.Viewer], info: Info) -> list[DeviceSession]:
        context = info.context
        found = devices.standing_sessions(root, context.tokens, context.now).limit(devices.MOST_SHOWN)
        return shown(await context.read(lambda: found))

    @field(description="The person's date of birth; nobody else sees it.")
    def birth_date(self, root: Parent[access.Viewer]) -> date:
        return root.user.birth_date

    @field(description="The groups the viewer is a member of, in the order in which they were made.")
    async def groups(
        self,
        root: Parent[access.Viewer],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Group]:
        return await page_of(access.groups_of(root), Order(), part(first, after, last, before), info)

    @field(description="The viewer's sign-ups, newest first.")
    async def sign_ups(
        self,
        root: Parent[access.Viewer],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[SignUp]:
        query = access.visible(SignUpRow, root).filter(user_id=root.id)
        return await page_of(query, Order(descending=True), part(first, after, last, before), info)

    @field(description="The matches in which the viewer is mentor or mentee, newest first.")
    async def matches(
        self,
        root: Parent[access.Viewer],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        state: States = None,
    ) -> Connection[Match]:
        query = MatchRow.filter(access.readable_matches(root))
        if state is not None:
            query = query.filter(state__in=state)
        return await page_of(query, Order(descending=True), part(first, after, last, before), info)

    @field(description="What the viewer was told, newest first.")
    async def notifications(
        self,
        root: Parent[access.Viewer],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        unread_only: UnreadOnly = False,
    ) -> Connection[Notification]:
        query = access.visible(NotificationRow, root)
        if unread_only:
            query = query.filter(read_at__isnull=True)
        return await page_of(query, NEWEST_FIRST, part(first, after, last, before), info)

    @field(description="The viewer's own reports, newest first, with what came of them.")
    async def reports(
        self,
        root: Parent[access.Viewer],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Report]:
        query = ReportRow.filter(reporter_id=root.id)
        return await page_of(query, Order(descending=True), part(first, after, last, before), info)

    @field(description="What the platform's moderators see; null for everybody else.")
    def moderation(self, root: Parent[access.Viewer]) -> Moderation | None:
        return shown(root if access.moderates(root) else None)

    @field(description="What the viewer has not read yet.")
    async def unread(self, root: Parent[access.Viewer]) -> UnreadCounts:
        return shown(await read_states.unread_of(root))

    @field(
        description="What the viewer's pairs have written, also in matches that have ended, and these words stand in: "
        "the best first, and of equals the newest."
    )
    async def search(
        self,
        root: Parent[access.Viewer],
        query: Words,
        match_id: MatchId = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> SearchConnection:
        return await search.found(root, query, match_id, part(first, after, last, before))

    @field(description="The people whom the viewer has blocked, the latest first. Nobody else sees the list.")
    async def blocked_users(
        self,
        root: Parent[access.Viewer],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Block]:
        query = access.visible(BlockRow, root)
        return await page_of(query, blocks.NEWEST_FIRST, part(first, after, last, before), info)

    @field(description="What the viewer shares with partners of being there.")
    def privacy_settings(self, root: Parent[access.Viewer]) -> PrivacySettings:
        return shown(root.user)

    @field(description="When the viewer is asked for the weekly check-in.")
    def check_in_settings(self, root: Parent[access.Viewer]) -> CheckInSettings:
        return shown(root.user)

    @field(description="How the viewer is told of things.")
    def notification_settings(self, root: Parent[access.Viewer]) -> NotificationSettings:
        return shown(root)

    @field(description="The copies of one's own data that the viewer has asked for, newest first.")
    async def data_exports(
        self,
        root: Parent[access.Viewer],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[DataExport]:
        query = access.visible(DataExportRow, root)
        return await page_of(query, Order(descending=True), part(first, after, last, before), info)

    @field(
        description="When the account is erased, since the viewer has asked for it; null for an account that stays. "
        "Until then `cancelAccountDeletion` keeps it."
    )
    async def erases_at(self, root: Parent[access.Viewer]) -> datetime | None:
        return await account_deletions.erases_at(root)

    @field(description="Where the viewer's stream stands: `viewerActivity(after:)` goes on from here.")
    def activity_cursor(self, root: Parent[access.Viewer]) -> str:
        return user_stream(root.id).cursor(root.user.activity_head)


@strawberry.type
class ViewerQuery:
    @field(description="The person who is signed in; null when nobody is.")
    def viewer(self, info: Info) -> Viewer | None:
        return shown(info.context.viewer)
