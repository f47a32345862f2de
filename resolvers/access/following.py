"""Who may follow a stream, asked again with every read of the log."""

from models.enums import GroupRole, StreamKind
from pubsub.streams import Scope, Stream
from resolvers.access.viewers import Viewer

_SESSION_STANDS = """EXISTS (
    SELECT 1 FROM sessions WHERE sessions.id = want.session AND sessions.user_id = want.viewer AND revoked_at IS NULL
)"""

_STREAM_RULES = {
    StreamKind.MATCH: f"""((stream.mentor_id = want.viewer AND stream.mentor_reads)
        OR (stream.mentee_id = want.viewer AND stream.mentee_reads)) AND {_SESSION_STANDS}""",
    StreamKind.USER: f"stream.id = want.viewer AND {_SESSION_STANDS}",
    StreamKind.PROGRAM: f"""EXISTS (
        SELECT 1 FROM memberships
        WHERE group_id = stream.group_id AND user_id = want.viewer AND role = '{GroupRole.ADMIN}'
    ) AND {_SESSION_STANDS}""",
}


def stream_scope(viewer: Viewer, stream: Stream) -> Scope:
    """The right to follow a stream, as a rule that the log's reader asks again with every read."""
    return Scope(_STREAM_RULES[stream.kind], viewer.id, viewer.session_id, viewer.is_adult)
