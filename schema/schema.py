"""The schema: all nouns' queries, mutations and subscriptions in one."""

from typing import Any

import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, Undefined

from schema.account_deletions import AccountDeletionMutation
from schema.accounts import AccountMutation
from schema.activity import (
    ActivitySubscription,
    CheckInChanged,
    CommentAdded,
    CommentChanged,
    MatchChanged,
    MessageAdded,
    MessageChanged,
    NotificationAdded,
    NotificationChanged,
    PlaceFreed,
    PostAdded,
    PostChanged,
    ProgramChanged,
    ReportChanged,
    ResyncRequired,
    SignUpChanged,
    StepProgressed,
)
from schema.blocks import BlockMutation
from schema.check_in_settings import CheckInSettingsMutation
from schema.check_ins import CheckInMutation
from schema.comments import CommentMutation
from schema.compiled.schema import CompilingSchema
from schema.data_exports import DataExportMutation
from schema.devices import DeviceMutation
from schema.email_addresses import EmailAddressMutation
from schema.groups import GroupMutation, GroupQuery
from schema.help_requests import HelpRequestMutation
from schema.match_making import MatchMakingMutation
from schema.matches import MatchMutation, MatchQuery
from schema.messages import MessageMutation
from schema.moderation import ModerationMutation
from schema.node import NodeQuery
from schema.notification_settings import NotificationSettingsMutation
from schema.notifications import NotificationMutation
from schema.password_changes import PasswordMutation
from schema.pauses import PauseMutation
from schema.posts import PostMutation
from schema.presence import PresenceMutation, PresenceSubscription
from schema.privacy_settings import PrivacySettingsMutation
from schema.program_plans import ProgramPlanMutation
from schema.program_steps import ProgramStepMutation
from schema.programs import ProgramMutation, ProgramQuery
from schema.progress import CompletionMutation
from schema.reactions import ReactionMutation
from schema.read_states import ReadStateMutation
from schema.report_reviews import ReportReviewMutation
from schema.reports import ReportMutation
from schema.sanctions import SanctionMutation
from schema.scalars import CONFIG
from schema.sign_up_windows import SignUpWindowMutation
from schema.sign_ups import SignUpMutation
from schema.steps import StepMutation
from schema.viewer import ViewerQuery


@strawberry.type(description="What can be read.")
class Query(ViewerQuery, NodeQuery, GroupQuery, ProgramQuery, MatchQuery):
    pass


@strawberry.type(
    description="What can be done. Every mutation answers with its result or with the errors that refuse it."
)
class Mutation(
    AccountMutation,
    EmailAddressMutation,
    PasswordMutation,
    DeviceMutation,
    GroupMutation,
    ProgramMutation,
    ProgramPlanMutation,
    ProgramStepMutation,
    SignUpWindowMutation,
    SignUpMutation,
    MatchMutation,
    MatchMakingMutation,
    PostMutation,
    CommentMutation,
    ReactionMutation,
    MessageMutation,
    ReadStateMutation,
    StepMutation,
    CompletionMutation,
    CheckInMutation,
    PauseMutation,
    HelpRequestMutation,
    NotificationMutation,
    NotificationSettingsMutation,
    PresenceMutation,
    PrivacySettingsMutation,
    BlockMutation,
    CheckInSettingsMutation,
    ReportMutation,
    ReportReviewMutation,
    ModerationMutation,
    SanctionMutation,
    DataExportMutation,
    AccountDeletionMutation,
):
    pass


@strawberry.type(description="What can be followed live.")
class Subscription(ActivitySubscription, PresenceSubscription):
    pass


def _without_null_defaults(schema: CompilingSchema) -> CompilingSchema:
    """Take `= null` off optional arguments and input fields: leaving one out and saying null is the same everywhere."""
    for named in schema._schema.type_map.values():
        fields: Any = getattr(named, "fields", {})
        for field in fields.values():
            inputs = field.args.values() if isinstance(named, (GraphQLObjectType, GraphQLInterfaceType)) else (field,)
            for each in inputs:
                if getattr(each, "default_value", Undefined) is None:
                    each.default_value = Undefined
    return schema


schema = _without_null_defaults(
    CompilingSchema(
        renew=lambda context: context.fresh(context.now),
        allowance=lambda context: context.allowance,
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=CONFIG,
        types=[
            PostAdded,
            PostChanged,
            CommentAdded,
            CommentChanged,
            MessageAdded,
            MessageChanged,
            StepProgressed,
            CheckInChanged,
            MatchChanged,
            SignUpChanged,
            PlaceFreed,
            ProgramChanged,
            NotificationAdded,
            NotificationChanged,
            ReportChanged,
            ResyncRequired,
        ],
    )
)
