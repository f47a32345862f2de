"""The operations that people of the stories send."""

_ERRORS = "errors { code message path }"
_SESSION = "session { accessToken refreshToken expiresAt }"

REGISTER = f"mutation($input: RegisterInput!) {{ register(input: $input) {{ {_SESSION} user {{ id }} {_ERRORS} }} }}"
LOG_IN = f"mutation($input: LogInInput!) {{ logIn(input: $input) {{ {_SESSION} user {{ id }} {_ERRORS} }} }}"


def _mutation(name: str, result: str) -> str:
    type_name = name[0].upper() + name[1:]
    return f"mutation($input: {type_name}Input!) {{ {name}(input: $input) {{ {result} {_ERRORS} }} }}"


CREATE_GROUP = _mutation("createGroup", "group { id slug viewerRole mentorship { eligible reason } }")
JOIN_GROUP = _mutation("joinGroup", "group { id viewerRole }")
LEAVE_GROUP = _mutation("leaveGroup", "group { id viewerRole }")
REMOVE_MEMBER = _mutation("removeMember", "group { id }")
SET_GROUP_ROLE = _mutation("setGroupRole", "group { id }")
SET_GROUP_TOPICS = _mutation("setGroupTopics", "group { id topics topicsClosed }")

CREATE_PROGRAM = _mutation("createProgram", "program { id state weeks steps { position week title rule } }")
ADVANCE_PROGRAM = _mutation("advanceProgram", "program { id state }")
PLAN = "program { id state title description weeks rolling stepOpening startsOn endsOn }"
UPDATE_PROGRAM = _mutation("updateProgram", PLAN)
_PROGRAM_STEP = "id position week title mentorGuidance menteeGuidance rule minutes"
_PROGRAM_STEPS = f"program {{ id steps {{ {_PROGRAM_STEP} }} }}"
ADD_PROGRAM_STEP = _mutation("addProgramStep", f"programStep {{ {_PROGRAM_STEP} }} {_PROGRAM_STEPS}")
UPDATE_PROGRAM_STEP = _mutation("updateProgramStep", f"programStep {{ {_PROGRAM_STEP} }} {_PROGRAM_STEPS}")
MOVE_PROGRAM_STEP = _mutation("moveProgramStep", f"programStep {{ {_PROGRAM_STEP} }} {_PROGRAM_STEPS}")
REMOVE_PROGRAM_STEP = _mutation("removeProgramStep", _PROGRAM_STEPS)
SET_SIGN_UP_WINDOW = _mutation("setSignUpWindow", "program { id state signUpOpensOn signUpClosesOn signUpIsOpen }")

SIGN_UP = _mutation("signUp", "signUp { id state role capacity openMatches }")
_ANSWERS = "topics goals experience languages timeZone availability pausedUntil capacity openMatches"
_OWN = f"{_ANSWERS} private {{ isShown avoidUserIds wishes {{ id role user {{ id }} }} }}"
UPDATE_SIGN_UP = _mutation("updateSignUp", f"signUp {{ id role state {_OWN} }}")
WITHDRAW_SIGN_UP = _mutation("withdrawSignUp", "signUp { id state }")

MATCH = "match { id state startedAt endedAt viewerRole }"
CREATE_MATCH = _mutation("createMatch", MATCH)
CREATE_MATCHES = _mutation("createMatches", "matches { id state } results { match { id } error { code message path } }")
SET_MATCH_WEIGHTS = _mutation("setMatchWeights", "program { id admin { matchWeights { topics hours wishes } } }")
ACKNOWLEDGE_INTRODUCTION = _mutation("acknowledgeIntroduction", MATCH)
END_MATCH = _mutation("endMatch", MATCH)

BLOCK_USER = _mutation("blockUser", "user { id name }")
UNBLOCK_USER = _mutation("unblockUser", "user { id name }")

POST = "post { id body bodyHtml createdAt editedAt deletedAt author { id } stepProgress { id } }"
CREATE_POST = _mutation("createPost", POST)
EDIT_POST = _mutation("editPost", POST)
DELETE_POST = _mutation("deletePost", POST)

COMMENT = "comment { id body createdAt editedAt deletedAt author { id } post { id } }"
CREATE_COMMENT = _mutation("createComment", COMMENT)
EDIT_COMMENT = _mutation("editComment", COMMENT)
DELETE_COMMENT = _mutation("deleteComment", COMMENT)

MESSAGE = "message { id body bodyHtml createdAt editedAt deletedAt author { id } seen }"
SEND_MESSAGE = _mutation("sendMessage", MESSAGE)
EDIT_MESSAGE = _mutation("editMessage", MESSAGE)
DELETE_MESSAGE = _mutation("deleteMessage", MESSAGE)

_REACTIONS = " ".join(
    f"... on {kind} {{ id reactions {{ emoji users {{ id }} }} }}" for kind in ("Post", "Comment", "Message")
)
_SUBJECT = f"subject {{ __typename {_REACTIONS} }}"
REACT = _mutation("react", _SUBJECT)
UNREACT = _mutation("unreact", _SUBJECT)

READ_STATE = "readState { viewerReadUpTo partnerReadUpTo unreadPosts unreadMessages }"
MARK_READ = _mutation("markRead", READ_STATE)

STEP = "stepProgress { id position state doneByMentorAt doneByMenteeAt }"
COMPLETE_STEP = _mutation("completeStep", STEP)
REOPEN_STEP = _mutation("reopenStep", STEP)
SKIP_STEP = _mutation("skipStep", STEP)

HOW_FAR = "progress { done total skipped week weeks } completion { offered saidByViewer saidByPartner } farewell"
PROGRESS = f"query($id: ID!) {{ match(id: $id) {{ state endedAt space {{ {HOW_FAR} }} }} }}"
COMPLETE_MATCH = _mutation("completeMatch", f"match {{ id state endedAt space {{ {HOW_FAR} }} }}")
WITHDRAW_COMPLETION = _mutation("withdrawCompletion", f"match {{ id state endedAt space {{ {HOW_FAR} }} }}")

_ANSWER = "{ mood body nextAction answeredAt editedAt }"
CHECK_IN = f"checkIn {{ id weekNumber state viewerDueAt viewerAnswer {_ANSWER} partnerAnswer {_ANSWER} }}"
ANSWER_CHECK_IN = _mutation("answerCheckIn", CHECK_IN)
UPDATE_CHECK_IN_SETTINGS = _mutation("updateCheckInSettings", "viewer { checkInSettings { weekday hour } }")
PAUSE_MATCH = _mutation("pauseMatch", f"{MATCH[:-1]} space {{ pausedUntil }} }}")
RESUME_MATCH = _mutation("resumeMatch", MATCH)
ASK_FOR_HELP = _mutation("askForHelp", "match { id welcomesHelp space { viewerAsksForHelp } }")
STOP_ASKING_FOR_HELP = _mutation("stopAskingForHelp", "match { id welcomesHelp space { viewerAsksForHelp } }")

MARK_NOTIFICATIONS_READ = _mutation(
    "markNotificationsRead", "viewer { unread { notifications } notifications { edges { node { id readAt } } } }"
)

SET_TYPING = _mutation("setTyping", "match { id }")
UPDATE_PRIVACY_SETTINGS = _mutation(
    "updatePrivacySettings", "viewer { privacySettings { sharesPresence sharesTyping sharesReadReceipts } }"
)

REPORT_AS_IT_IS = "report { id reason state note to outcome items { id kind body author { id } } }"
REPORT = _mutation("report", REPORT_AS_IT_IS)
REVIEWED = "report { id state outcome review { decision decisionNote reported { name } } }"
TRIAGE_REPORT = _mutation("triageReport", REVIEWED)
DECIDE_REPORT = _mutation("decideReport", REVIEWED)
CORRECT_BIRTH_DATE = _mutation("correctBirthDate", "user { id name }")

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
