"""The table: who reads each field of each type that the API has. A field that is not in it fails the tests.

A type's line says who reads its fields, of the thing that the object is, or belongs to: a post belongs to its match, a
program's counts to the program. `relations.py` says who stands in which relation to a thing. Connections and edges are
not here: they have nothing of their own, and the tests hold them to it. Of payloads, only what they say themselves is.
"""

from enum import StrEnum, auto


class Reader(StrEnum):
    """Who a person is to a thing. One may be several, as an admin who is in a pair of her own group."""

    EVERYBODY = auto()
    """Also nobody: somebody who is not signed in."""
    OWNER = auto()
    """The person himself; whoever signed up, reports, blocks, or asked for an export; whom a notification is for."""
    ACQUAINTED = auto()
    """Of a person: who is in a group with him, or reads a pair's space with him."""
    MEMBERS = auto()
    """The group's members; of a program, unless it is a draft; of a shown sign-up, the others of age."""
    ADMINS = auto()
    """The group's admins; of a person, the admins of a program that he signed up for."""
    THE_TWO = auto()
    """The pair, unless it was cut off, as by a removal; of a program, everybody who reads a pair's space in it."""
    REVIEWERS = auto()
    """Of a report: whom the reporter chose, unless he has a part in it; of a person, who reads a report that names him,
    as its reviewer, or as its reporter when he wrote what is disclosed."""
    MODERATORS = auto()
    """The person himself, when he is a moderator of the platform."""


E, OWNER, ACQUAINTED, MEMBERS, ADMINS, THE_TWO, REVIEWERS, MODERATORS = (
    Reader.EVERYBODY,
    Reader.OWNER,
    Reader.ACQUAINTED,
    Reader.MEMBERS,
    Reader.ADMINS,
    Reader.THE_TWO,
    Reader.REVIEWERS,
    Reader.MODERATORS,
)
IN_PROGRAM = (MEMBERS, ADMINS, THE_TWO)
KNOWN = (OWNER, ACQUAINTED, ADMINS, REVIEWERS)
Rule = dict[tuple[Reader, ...], str]

TABLE: dict[str, Rule] = {
    # A person, and what is his alone.
    "User": {KNOWN: "id name avatarUrl bio timeZone locale"},
    "Viewer": {
        (OWNER,): "user email birthDate groups signUps matches notifications unread search privacySettings"
        " checkInSettings notificationSettings activityCursor blockedUsers dataExports emailVerified erasesAt reports"
        " sessions",
        (MODERATORS,): "moderation",
    },
    "Moderation": {(MODERATORS,): "reports"},
    "DeviceSession": {(OWNER,): "id device createdAt lastUsedAt current"},
    "Block": {(OWNER,): "id userId name createdAt"},
    "DataExport": {(OWNER,): "id state requestedAt expiresAt url"},
    "UnreadCounts": {(OWNER,): "posts messages notifications"},
    "PrivacySettings": {(OWNER,): "sharesPresence sharesTyping sharesReadReceipts"},
    "CheckInSettings": {(OWNER,): "weekday hour"},
    "NotificationSettings": {(OWNER,): "byEmail kinds quietHours"},
    "NotificationKindSettings": {(OWNER,): "kind when inApp byEmail"},
    "QuietHours": {(OWNER,): "from until"},
    "Notification": {(OWNER,): "id kind createdAt readAt text subject"},
    # Groups and programs.
    "Group": {
        (E,): "id slug name description focus topics topicsClosed mentorship",
        (MEMBERS,): "timeZone viewerRole members programs",
        (ADMINS,): "admin",
    },
    "GroupAdmin": {(ADMINS,): "reports"},
    "MentorshipEligibility": {(E,): "eligible reason"},
    "Membership": {(MEMBERS,): "id role joinedAt user"},
    "Program": {
        IN_PROGRAM: "id title description state rolling weeks stepOpening startsOn endsOn signUpOpensOn signUpClosesOn"
        " signUpIsOpen group steps",
        (MEMBERS, THE_TWO): "viewerSignUps",
        (MEMBERS,): "shownSignUps",
        (ADMINS,): "admin",
    },
    "ProgramStep": {IN_PROGRAM: "id position week title mentorGuidance menteeGuidance rule minutes"},
    "ProgramTemplate": {(E,): "key name summary weeks steps"},
    "TemplateStep": {(E,): "position week title mentorGuidance menteeGuidance rule minutes"},
    # What admins see, and never more than people, states and counts.
    "ProgramAdmin": {
        (ADMINS,): "suggestedMatches unmatched suggestionScope matchWeights signUps matches ownTopics insight"
        " activityCursor"
    },
    "SuggestedMatch": {(ADMINS,): "score reasons mentorSignUp menteeSignUp viewerCanMake"},
    "MatchReason": {(ADMINS,): "code weight text"},
    "UnmatchedSignUp": {(ADMINS,): "signUp reasons codes"},
    "SuggestionScope": {(ADMINS,): "mentorsWaiting menteesWaiting mentorsConsidered menteesConsidered"},
    "MatchWeights": {(ADMINS,): "topics goals experience languages hours wishes"},
    "ProgramInsight": {
        (ADMINS,): "countedAt pairs activePairs completedPairs medianDaysToMatch silentPercent roles weeks"
    },
    "RoleInsight": {(ADMINS,): "role signedUp matched"},
    "WeekInsight": {(ADMINS,): "week stepsDonePercent checkInsAnsweredPercent"},
    # Sign-ups.
    "SignUp": {
        (OWNER, ADMINS): "id role state topics goals experience languages timeZone pausedUntil capacity openMatches"
        " availability program user waitingPosition waitingReason",
        (OWNER,): "private",
    },
    "PrivateAnswers": {(OWNER,): "isShown avoidUserIds wishes"},
    "ShownSignUp": {(MEMBERS,): "id role topics experience languages user"},
    # A match: its people, state and dates. All that the two write is theirs.
    "Match": {
        (THE_TWO, ADMINS): "id state startedAt endedAt program mentor mentee welcomesHelp",
        (THE_TWO,): "viewerRole viewerSignUp space",
    },
    "PairSpace": {
        (THE_TWO,): "partner introduction thread messages readState steps progress completion farewell checkIns"
        " weeksInTouch silentSince offers pausedUntil viewerAsksForHelp adminSees activityCursor"
    },
    "Introduction": {(THE_TWO,): "text shared firstQuestion acknowledgedByViewer acknowledgedByPartner"},
    "ReadState": {(THE_TWO,): "viewerReadUpTo partnerReadUpTo unreadPosts unreadMessages"},
    "PairProgress": {(THE_TWO,): "done total skipped weeks week"},
    "Completion": {(THE_TWO,): "offered saidByViewer saidByPartner"},
    "PairThread": {(THE_TWO,): "posts"},
    "Post": {
        (THE_TWO,): "id author body bodyHtml createdAt editedAt deletedAt stepProgress reactions comments",
    },
    "Comment": {(THE_TWO,): "id post author body bodyHtml createdAt editedAt deletedAt reactions"},
    "Message": {(THE_TWO,): "id author body bodyHtml createdAt editedAt deletedAt seen reactions"},
    "Reaction": {(THE_TWO,): "emoji users"},
    "SearchEdge": {(THE_TWO,): "snippet"},
    "SnippetPiece": {(THE_TWO,): "text matched"},
    "StepProgress": {
        (THE_TWO,): "id position week title guidance rule minutes state doneByMentorAt doneByMenteeAt opensAt posts"
    },
    "CheckIn": {(THE_TWO,): "id weekNumber state openedAt viewerDueAt viewerAnswer partnerAnswer"},
    "CheckInAnswer": {(THE_TWO,): "mood body bodyHtml nextAction answeredAt editedAt"},
    "PartnerPresence": {(THE_TWO,): "online typing readUpTo"},
    # Reports: what the reporter discloses, to whom he chose, and what only those see.
    "Report": {
        (OWNER, REVIEWERS): "id reason note state createdAt outcome to items",
        (REVIEWERS,): "review",
    },
    "ReportItem": {(OWNER, REVIEWERS): "id kind author body bodyHtml writtenAt editedAt"},
    "ReportReview": {
        (REVIEWERS,): "subject reporter reported group decision decisionNote triagedBy triagedAt decidedBy decidedAt"
        " keepUntil"
    },
    # Events: the stream's subject says who hears them, and what they bring has its own line.
    **{f"{name}{what}": {(THE_TWO,): f"cursor occurredAt actor {field}"} for name, what, field in (
        ("Post", "Added", "post"), ("Post", "Changed", "post"), ("Comment", "Added", "comment"),
        ("Comment", "Changed", "comment"), ("Message", "Added", "message"), ("Message", "Changed", "message"),
        ("CheckIn", "Changed", "checkIn"), ("Step", "Progressed", "stepProgress"),
    )},
    "NotificationAdded": {(OWNER,): "cursor occurredAt actor notification unreadNotifications"},
    "NotificationChanged": {(OWNER,): "cursor occurredAt actor notification unreadNotifications"},
    "ReportChanged": {(OWNER, REVIEWERS): "cursor occurredAt actor report"},
    "SignUpChanged": {(ADMINS,): "cursor occurredAt actor signUp"},
    "PlaceFreed": {(ADMINS,): "cursor occurredAt actor signUp"},
    "ProgramChanged": {(ADMINS,): "cursor occurredAt actor program"},
    "MatchChanged": {(THE_TWO, ADMINS, OWNER): "cursor occurredAt actor match"},
    "ResyncRequired": {(THE_TWO, ADMINS, OWNER): "cursor occurredAt actor reason"},
    # Answers to acts.
    "Session": {(OWNER,): "accessToken refreshToken expiresAt"},
    "RequestPasswordResetPayload": {(E,): "email"},
    "ReportPayload": {(OWNER,): "helpLines"},
    "DeleteAccountPayload": {(OWNER,): "erasesAt"},
    "UserError": {(E,): "code message path"},
    "PairResult": {(ADMINS,): "match error"},
    "PageInfo": {(E,): "hasNextPage hasPreviousPage startCursor endCursor"},
}  # fmt: skip

MUTATION_ONLY = {"Session", "PairResult"}
"""Types that no question leads to: only who acts is given them."""

STREAMS = {"matchActivity": THE_TWO, "viewerActivity": OWNER, "programActivity": ADMINS, "partnerPresence": THE_TWO}
"""Who may follow each subscription, of its subject. Everybody else is refused as if there were none."""

ACTS: dict[tuple[Reader, ...], str] = {
    (E,): "register logIn refreshSession logOut verifyEmail requestPasswordReset resetPassword",
    (OWNER,): "logOutEverywhere createGroup markNotificationsRead updateNotificationSettings updatePrivacySettings"
    " updateCheckInSettings updateSignUp withdrawSignUp joinGroup endSession changeEmail changePassword"
    " requestEmailVerification requestDataExport deleteAccount cancelAccountDeletion unblockUser",
    (ACQUAINTED,): "blockUser report",
    (REVIEWERS,): "triageReport decideReport",
    (MODERATORS,): "correctBirthDate restoreEligibility restoreAccount",
    (ADMINS, MODERATORS): "liftBan",
    (MEMBERS,): "leaveGroup signUp",
    (ADMINS,): "removeMember setGroupRole setGroupTopics createProgram advanceProgram setMatchWeights updateProgram"
    " addProgramStep updateProgramStep moveProgramStep removeProgramStep setSignUpWindow createMatch createMatches",
    (THE_TWO,): "acknowledgeIntroduction endMatch createPost editPost deletePost createComment editComment"
    " deleteComment react unreact sendMessage editMessage deleteMessage markRead completeStep skipStep reopenStep"
    " completeMatch withdrawCompletion answerCheckIn pauseMatch resumeMatch askForHelp stopAskingForHelp setTyping",
}
"""Who may use each mutation. OWNER of what is not there yet is whoever is signed in."""


BY_ITS_AUTHOR = ("editPost", "deletePost", "editComment", "deleteComment", "editMessage", "deleteMessage")
"""Of the two, only who wrote it does this."""

AFTER_THE_END = ("markRead",)
"""What is still possible in a pair's space once the match has ended, which is one's own to keep."""


def readers(type_name: str, field: str) -> frozenset[Reader]:
    """Who reads a field, as the table says. Raises KeyError for a field without a rule."""
    for who, fields in TABLE[type_name].items():
        if field in fields.split():
            return frozenset(who)
    raise KeyError(f"{type_name}.{field}")
