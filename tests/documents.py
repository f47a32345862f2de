"""The operations that people of the stories send."""

_ERRORS = "errors { code message path }"
_SESSION = "session { accessToken refreshToken expiresAt }"

REGISTER = f"mutation($input: RegisterInput!) {{ register(input: $input) {{ {_SESSION} user {{ id }} {_ERRORS} }} }}"
LOG_IN = f"mutation($input: LogInInput!) {{ logIn(input: $input) {{ {_SESSION} user {{ id }} {_ERRORS} }} }}"


def mutation_of(name: str, result: str) -> str:
    """A mutation that takes an input, with what is selected of its result."""
    type_name = name[0].upper() + name[1:]
    return f"mutation($input: {type_name}Input!) {{ {name}(input: $input) {{ {result} {_ERRORS} }} }}"


CREATE_GROUP = mutation_of("createGroup", "group { id slug viewerRole mentorship { eligible reason } }")
JOIN_GROUP = mutation_of("joinGroup", "group { id viewerRole }")
LEAVE_GROUP = mutation_of("leaveGroup", "group { id viewerRole }")
REMOVE_MEMBER = mutation_of("removeMember", "group { id }")
SET_GROUP_ROLE = mutation_of("setGroupRole", "group { id }")
SET_GROUP_TOPICS = mutation_of("setGroupTopics", "group { id topics topicsClosed }")

CREATE_PROGRAM = mutation_of("createProgram", "program { id state weeks steps { position week title rule } }")
ADVANCE_PROGRAM = mutation_of("advanceProgram", "program { id state }")
PLAN = "program { id state title description weeks rolling stepOpening startsOn endsOn }"
UPDATE_PROGRAM = mutation_of("updateProgram", PLAN)
_PROGRAM_STEP = "id position week title mentorGuidance menteeGuidance rule minutes"
_PROGRAM_STEPS = f"program {{ id steps {{ {_PROGRAM_STEP} }} }}"
ADD_PROGRAM_STEP = mutation_of("addProgramStep", f"programStep {{ {_PROGRAM_STEP} }} {_PROGRAM_STEPS}")
UPDATE_PROGRAM_STEP = mutation_of("updateProgramStep", f"programStep {{ {_PROGRAM_STEP} }} {_PROGRAM_STEPS}")
MOVE_PROGRAM_STEP = mutation_of("moveProgramStep", f"programStep {{ {_PROGRAM_STEP} }} {_PROGRAM_STEPS}")
REMOVE_PROGRAM_STEP = mutation_of("removeProgramStep", _PROGRAM_STEPS)
SET_SIGN_UP_WINDOW = mutation_of("setSignUpWindow", "program { id state signUpOpensOn signUpClosesOn signUpIsOpen }")

SIGN_UP = mutation_of("signUp", "signUp { id state role capacity openMatches }")
_ANSWERS = "topics goals experience languages timeZone availability pausedUntil capacity openMatches"
_OWN = f"{_ANSWERS} private {{ isShown avoidUserIds wishes {{ id role user {{ id }} }} }}"
UPDATE_SIGN_UP = mutation_of("updateSignUp", f"signUp {{ id role state {_OWN} }}")
WITHDRAW_SIGN_UP = mutation_of("withdrawSignUp", "signUp { id state }")

MATCH = "match { id state startedAt endedAt viewerRole }"
CREATE_MATCH = mutation_of("createMatch", MATCH)
CREATE_MATCHES = mutation_of(
    "createMatches", "matches { id state } results { match { id } error { code message path } }"
)
SET_MATCH_WEIGHTS = mutation_of("setMatchWeights", "program { id admin { matchWeights { topics hours wishes } } }")
ACKNOWLEDGE_INTRODUCTION = mutation_of("acknowledgeIntroduction", MATCH)
END_MATCH = mutation_of("endMatch", MATCH)

BLOCK_USER = mutation_of("blockUser", "user { id name }")
UNBLOCK_USER = mutation_of("unblockUser", "user { id name }")

POST = "post { id body bodyHtml createdAt editedAt deletedAt author { id } stepProgress { id } }"
CREATE_POST = mutation_of("createPost", POST)
EDIT_POST = mutation_of("editPost", POST)
DELETE_POST = mutation_of("deletePost", POST)

COMMENT = "comment { id body createdAt editedAt deletedAt author { id } post { id } }"
CREATE_COMMENT = mutation_of("createComment", COMMENT)
EDIT_COMMENT = mutation_of("editComment", COMMENT)
DELETE_COMMENT = mutation_of("deleteComment", COMMENT)

MESSAGE = "message { id body bodyHtml createdAt editedAt deletedAt author { id } seen }"
SEND_MESSAGE = mutation_of("sendMessage", MESSAGE)
EDIT_MESSAGE = mutation_of("editMessage", MESSAGE)
DELETE_MESSAGE = mutation_of("deleteMessage", MESSAGE)

_REACTIONS = " ".join(
    f"... on {kind} {{ id reactions {{ emoji users {{ id }} }} }}" for kind in ("Post", "Comment", "Message")
)
_SUBJECT = f"subject {{ __typename {_REACTIONS} }}"
REACT = mutation_of("react", _SUBJECT)
UNREACT = mutation_of("unreact", _SUBJECT)

READ_STATE = "readState { viewerReadUpTo partnerReadUpTo unreadPosts unreadMessages }"
MARK_READ = mutation_of("markRead", READ_STATE)

STEP = "stepProgress { id position state doneByMentorAt doneByMenteeAt }"
COMPLETE_STEP = mutation_of("completeStep", STEP)
REOPEN_STEP = mutation_of("reopenStep", STEP)
SKIP_STEP = mutation_of("skipStep", STEP)

HOW_FAR = "progress { done total skipped week weeks } completion { offered saidByViewer saidByPartner } farewell"
PROGRESS = f"query($id: ID!) {{ match(id: $id) {{ state endedAt space {{ {HOW_FAR} }} }} }}"
COMPLETE_MATCH = mutation_of("completeMatch", f"match {{ id state endedAt space {{ {HOW_FAR} }} }}")
WITHDRAW_COMPLETION = mutation_of("withdrawCompletion", f"match {{ id state endedAt space {{ {HOW_FAR} }} }}")

_ANSWER = "{ mood body nextAction answeredAt editedAt }"
CHECK_IN = f"checkIn {{ id weekNumber state viewerDueAt viewerAnswer {_ANSWER} partnerAnswer {_ANSWER} }}"
ANSWER_CHECK_IN = mutation_of("answerCheckIn", CHECK_IN)
UPDATE_CHECK_IN_SETTINGS = mutation_of("updateCheckInSettings", "viewer { checkInSettings { weekday hour } }")
PAUSE_MATCH = mutation_of("pauseMatch", f"{MATCH[:-1]} space {{ pausedUntil }} }}")
RESUME_MATCH = mutation_of("resumeMatch", MATCH)
ASK_FOR_HELP = mutation_of("askForHelp", "match { id welcomesHelp space { viewerAsksForHelp } }")
STOP_ASKING_FOR_HELP = mutation_of("stopAskingForHelp", "match { id welcomesHelp space { viewerAsksForHelp } }")

MARK_NOTIFICATIONS_READ = mutation_of(
    "markNotificationsRead", "viewer { unread { notifications } notifications { edges { node { id readAt } } } }"
)

SET_TYPING = mutation_of("setTyping", "match { id }")
UPDATE_PRIVACY_SETTINGS = mutation_of(
    "updatePrivacySettings", "viewer { privacySettings { sharesPresence sharesTyping sharesReadReceipts } }"
)

REPORT_AS_IT_IS = "report { id reason state note to outcome items { id kind body author { id } } }"
REPORT = mutation_of("report", REPORT_AS_IT_IS)
REVIEWED = "report { id state outcome review { decision decisionNote reported { name } } }"
TRIAGE_REPORT = mutation_of("triageReport", REVIEWED)
DECIDE_REPORT = mutation_of("decideReport", REVIEWED)
LIFT_BAN = mutation_of("liftBan", "group { id }")
RESTORE_ELIGIBILITY = mutation_of("restoreEligibility", "group { id }")
RESTORE_ACCOUNT = mutation_of("restoreAccount", "user { id }")
CORRECT_BIRTH_DATE = mutation_of("correctBirthDate", "user { id name }")

SPACE = """
query($id: ID!) {
  match(id: $id) {
    id state viewerRole mentor { id name } mentee { id name }
    space {
      partner { id name }
      introduction { text shared firstQuestion acknowledgedByViewer acknowledgedByPartner }
      steps { id position week title guidance rule state }
      activityCursor
      thread { posts(first: 50) {
        edges { cursor node {
          id body author { id } stepProgress { id } comments(first: 50) { edges { node { id body author { id } } } }
        } }
        pageInfo { hasNextPage endCursor }
      } }
    }
  }
}
"""

MATCH_ACTIVITY = """
subscription($matchId: ID!, $after: String) {
  matchActivity(matchId: $matchId, after: $after) {
    __typename cursor occurredAt actor { id }
    ... on PostAdded { post { id body author { id } } }
    ... on PostChanged { post { id body deletedAt } }
    ... on CommentAdded { comment { id body post { id } } }
    ... on CommentChanged { comment { id body deletedAt } }
    ... on MessageAdded { message { id body author { id } seen } }
    ... on MessageChanged { message { id body deletedAt } }
    ... on StepProgressed { stepProgress { id position state } }
    ... on CheckInChanged { checkIn { id weekNumber state viewerAnswer { mood } partnerAnswer { mood } } }
    ... on MatchChanged { match { id state } }
    ... on ResyncRequired { reason }
  }
}
"""

VIEWER_ACTIVITY = """
subscription($after: String) {
  viewerActivity(after: $after) {
    __typename cursor occurredAt actor { id }
    ... on MatchChanged { match { id state mentor { name } mentee { name } } }
    ... on NotificationAdded { notification { id kind text readAt } unreadNotifications }
    ... on NotificationChanged { notification { id kind text readAt } unreadNotifications }
    ... on ReportChanged { report { id state outcome review { reported { name } } } }
    ... on ResyncRequired { reason }
  }
}
"""

PROGRAM_ACTIVITY = """
subscription($programId: ID!, $after: String) {
  programActivity(programId: $programId, after: $after) {
    __typename cursor occurredAt actor { id }
    ... on SignUpChanged { signUp { id state role user { id } } }
    ... on MatchChanged { match { id state } }
    ... on PlaceFreed { signUp { id state role user { id } } }
    ... on ProgramChanged { program { id state } }
    ... on ResyncRequired { reason }
  }
}
"""

PARTNER_PRESENCE = """
subscription($matchId: ID!) { partnerPresence(matchId: $matchId) { online typing readUpTo } }
"""
