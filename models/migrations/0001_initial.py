"""The first tables. Constraints are added by name: Tortoise 1.1.9 does not create the ones in CreateModel's options."""

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from uuid_utils.compat import uuid7

from models.enums import (
    GroupFocus,
    GroupRole,
    MatchEndReason,
    MatchState,
    ProgramState,
    SignUpRole,
    SignUpState,
    StepRule,
    StepState,
)


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Group",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("slug", fields.CharField(unique=True, max_length=60)),
                ("name", fields.CharField(max_length=80)),
                ("description", fields.TextField(unique=False)),
                ("focus", fields.CharEnumField(enum_type=GroupFocus, max_length=24)),
                ("topics", ArrayField(default=list, element_type="TEXT")),
                ("mentorship_withdrawn_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "groups", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Program",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="programs",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("template_key", fields.CharField(max_length=40)),
                ("title", fields.CharField(max_length=120)),
                ("description", fields.TextField(unique=False)),
                ("state", fields.CharEnumField(default=ProgramState.DRAFT, enum_type=ProgramState, max_length=12)),
                ("rolling", fields.BooleanField(default=False)),
                ("weeks", fields.SmallIntField()),
                ("starts_on", fields.DateField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("activity_head", fields.BigIntField(default=0)),
                ("activity_floor", fields.BigIntField(default=0)),
            ],
            options={
                "table": "programs",
                "app": "models",
                "indexes": [Index(fields=["group_id", "id"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="ProgramStep",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("position", fields.SmallIntField()),
                ("week", fields.SmallIntField()),
                ("title", fields.CharField(max_length=120)),
                ("mentor_guidance", fields.TextField(unique=False)),
                ("mentee_guidance", fields.TextField(unique=False)),
                ("rule", fields.CharEnumField(enum_type=StepRule, max_length=8)),
                ("minutes", fields.SmallIntField()),
                (
                    "program",
                    fields.ForeignKeyField(
                        "models.Program",
                        source_field="program_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="steps",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={"table": "program_steps", "app": "models", "pk_attr": "id"},
            bases=["StepText"],
        ),
        ops.CreateModel(
            name="User",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("email", fields.CharField(unique=True, max_length=254)),
                ("password_hash", fields.CharField(max_length=255)),
                ("name", fields.CharField(max_length=80)),
                ("bio", fields.TextField(null=True, unique=False)),
                ("avatar_url", fields.CharField(null=True, max_length=500)),
                ("birth_date", fields.DateField()),
                ("time_zone", fields.CharField(max_length=64)),
                ("locale", fields.CharField(default="en", max_length=35)),
                ("is_moderator", fields.BooleanField(default=False)),
                ("suspended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("activity_head", fields.BigIntField(default=0)),
                ("activity_floor", fields.BigIntField(default=0)),
            ],
            options={"table": "users", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="GroupBan",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="bans",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="bans",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "group_bans", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Membership",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="memberships",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="memberships",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("role", fields.CharEnumField(default=GroupRole.MEMBER, enum_type=GroupRole, max_length=8)),
                ("joined_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "memberships", "app": "models", "indexes": [Index(fields=["user_id"])], "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="sessions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "sessions", "app": "models", "indexes": [Index(fields=["user_id"])], "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="RefreshToken",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "session",
                    fields.ForeignKeyField(
                        "models.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="refresh_tokens",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("token_hash", fields.BinaryField()),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "refresh_tokens", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="SignUp",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "program",
                    fields.ForeignKeyField(
                        "models.Program",
                        source_field="program_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="sign_ups",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="sign_ups",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("role", fields.CharEnumField(enum_type=SignUpRole, max_length=8)),
                ("state", fields.CharEnumField(default=SignUpState.WAITING, enum_type=SignUpState, max_length=12)),
                ("topics", ArrayField(default=list, element_type="TEXT")),
                ("goals", fields.TextField(unique=False)),
                ("experience", fields.TextField(null=True, unique=False)),
                ("languages", ArrayField(default=list, element_type="TEXT")),
                ("time_zone", fields.CharField(max_length=64)),
                ("capacity", fields.SmallIntField(default=1)),
                ("open_matches", fields.SmallIntField(default=0)),
                ("waiting_since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sign_ups",
                "app": "models",
                "indexes": [Index(fields=["program_id", "id"]), Index(fields=["user_id"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Match",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "program",
                    fields.ForeignKeyField(
                        "models.Program",
                        source_field="program_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="matches",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "mentor",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="mentor_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="matches_as_mentor",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "mentee",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="mentee_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="matches_as_mentee",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "mentor_sign_up",
                    fields.ForeignKeyField(
                        "models.SignUp",
                        source_field="mentor_sign_up_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="matches_as_mentor",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "mentee_sign_up",
                    fields.ForeignKeyField(
                        "models.SignUp",
                        source_field="mentee_sign_up_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="matches_as_mentee",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("state", fields.CharEnumField(default=MatchState.INTRODUCED, enum_type=MatchState, max_length=12)),
                ("mentor_reads", fields.BooleanField(default=True)),
                ("mentee_reads", fields.BooleanField(default=True)),
                ("introduction", fields.TextField(unique=False)),
                ("introduction_shared", ArrayField(default=list, element_type="TEXT")),
                ("first_question", fields.TextField(unique=False)),
                ("mentor_acknowledged_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("mentee_acknowledged_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("started_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("active_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "ended_by",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="ended_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="matches_ended",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("end_reason", fields.CharEnumField(null=True, enum_type=MatchEndReason, max_length=16)),
                ("end_feedback", fields.TextField(null=True, unique=False)),
                ("activity_head", fields.BigIntField(default=0)),
                ("activity_floor", fields.BigIntField(default=0)),
            ],
            options={
                "table": "matches",
                "app": "models",
                "indexes": [
                    Index(fields=["program_id", "id"]),
                    Index(fields=["mentor_id", "id"]),
                    Index(fields=["mentee_id", "id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="StepProgress",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("position", fields.SmallIntField()),
                ("week", fields.SmallIntField()),
                ("title", fields.CharField(max_length=120)),
                ("mentor_guidance", fields.TextField(unique=False)),
                ("mentee_guidance", fields.TextField(unique=False)),
                ("rule", fields.CharEnumField(enum_type=StepRule, max_length=8)),
                ("minutes", fields.SmallIntField()),
                (
                    "match",
                    fields.ForeignKeyField(
                        "models.Match",
                        source_field="match_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="steps",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("state", fields.CharEnumField(default=StepState.LOCKED, enum_type=StepState, max_length=12)),
                ("done_by_mentor_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("done_by_mentee_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "step_progress", "app": "models", "pk_attr": "id"},
            bases=["StepText"],
        ),
        ops.CreateModel(
            name="Post",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("number", fields.BigIntField()),
                ("body", fields.TextField(null=True, unique=False)),
                ("idempotency_key", fields.CharField(null=True, max_length=100)),
                ("input_hash", fields.BinaryField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("edited_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "match",
                    fields.ForeignKeyField(
                        "models.Match",
                        source_field="match_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="posts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "author",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="author_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="posts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "step_progress",
                    fields.ForeignKeyField(
                        "models.StepProgress",
                        source_field="step_progress_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="posts",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={"table": "posts", "app": "models", "pk_attr": "id"},
            bases=["Writing"],
        ),
        ops.CreateModel(
            name="Comment",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("number", fields.BigIntField()),
                ("body", fields.TextField(null=True, unique=False)),
                ("idempotency_key", fields.CharField(null=True, max_length=100)),
                ("input_hash", fields.BinaryField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("edited_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "match",
                    fields.ForeignKeyField(
                        "models.Match",
                        source_field="match_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="comments",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "post",
                    fields.ForeignKeyField(
                        "models.Post",
                        source_field="post_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="comments",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "author",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="author_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="comments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={"table": "comments", "app": "models", "pk_attr": "id"},
            bases=["Writing"],
        ),
        ops.AddConstraint(
            model_name="ProgramStep",
            constraint=UniqueConstraint(fields=("program_id", "position"), name="one_program_step_a_position"),
        ),
        ops.AddConstraint(
            model_name="ProgramStep",
            constraint=CheckConstraint(
                check="position >= 1 AND week >= 1 AND minutes >= 0", name="program_step_counts_from_one"
            ),
        ),
        ops.AddConstraint(
            model_name="GroupBan",
            constraint=UniqueConstraint(fields=("group_id", "user_id"), name="one_ban_a_person_and_group"),
        ),
        ops.AddConstraint(
            model_name="Membership",
            constraint=UniqueConstraint(fields=("group_id", "user_id"), name="one_membership_a_person_and_group"),
        ),
        ops.AddConstraint(
            model_name="RefreshToken",
            constraint=UniqueConstraint(fields=("token_hash",), name="one_refresh_token_a_hash"),
        ),
        ops.AddConstraint(
            model_name="SignUp",
            constraint=UniqueConstraint(
                fields=("program_id", "user_id", "role"),
                name="one_open_sign_up_a_role",
                condition="state IN ('WAITING', 'MATCHED')",
            ),
        ),
        ops.AddConstraint(
            model_name="SignUp", constraint=CheckConstraint(check="capacity BETWEEN 1 AND 5", name="capacity_is_1_to_5")
        ),
        ops.AddConstraint(
            model_name="SignUp",
            constraint=CheckConstraint(check="role = 'MENTOR' OR capacity = 1", name="a_mentee_has_one_place"),
        ),
        ops.AddConstraint(
            model_name="SignUp",
            constraint=CheckConstraint(check="open_matches >= 0", name="open_matches_never_negative"),
        ),
        ops.AddConstraint(
            model_name="Match",
            constraint=UniqueConstraint(
                fields=("program_id", "mentee_id"),
                name="one_open_match_a_mentee_and_program",
                condition="state IN ('INTRODUCED', 'ACTIVE', 'PAUSED')",
            ),
        ),
        ops.AddConstraint(
            model_name="Match", constraint=CheckConstraint(check="mentor_id <> mentee_id", name="a_pair_is_two_people")
        ),
        ops.AddConstraint(
            model_name="Match",
            constraint=CheckConstraint(
                check="(ended_at IS NULL) = (state IN ('INTRODUCED', 'ACTIVE', 'PAUSED'))", name="an_end_has_its_time"
            ),
        ),
        ops.AddConstraint(
            model_name="StepProgress",
            constraint=UniqueConstraint(fields=("match_id", "position"), name="one_step_progress_a_position"),
        ),
        ops.AddConstraint(
            model_name="Post", constraint=UniqueConstraint(fields=("match_id", "number"), name="one_post_a_number")
        ),
        ops.AddConstraint(
            model_name="Post",
            constraint=UniqueConstraint(fields=("author_id", "idempotency_key"), name="one_post_a_key"),
        ),
        ops.AddConstraint(
            model_name="Post",
            constraint=CheckConstraint(
                check="(body IS NULL) = (deleted_at IS NOT NULL)", name="a_deleted_post_has_no_body"
            ),
        ),
        ops.AddConstraint(
            model_name="Comment", constraint=UniqueConstraint(fields=("post_id", "number"), name="one_comment_a_number")
        ),
        ops.AddConstraint(
            model_name="Comment",
            constraint=UniqueConstraint(fields=("author_id", "idempotency_key"), name="one_comment_a_key"),
        ),
        ops.AddConstraint(
            model_name="Comment",
            constraint=CheckConstraint(
                check="(body IS NULL) = (deleted_at IS NOT NULL)", name="a_deleted_comment_has_no_body"
            ),
        ),
        ops.RunSQL(
            """
            CREATE TABLE activity (
                stream_id uuid NOT NULL,
                number bigint NOT NULL,
                kind varchar(24) NOT NULL,
                subject_id uuid NOT NULL,
                actor_id uuid,
                occurred_at timestamptz NOT NULL,
                PRIMARY KEY (stream_id, number)
            )
            """,
            reverse_sql="DROP TABLE activity",
        ),
    ]
