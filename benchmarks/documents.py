"""The operations of the workloads, sent as they stand here to every server."""

THREAD_PAGE = """
query ThreadPage($id: ID!) {
  match(id: $id) {
    id
    state
    startedAt
    viewerRole
    mentor { ...Person }
    mentee { ...Person }
    space {
      activityCursor
      steps { id position week title state }
      thread {
        posts(first: 20) {
          edges {
            cursor
            node {
              id
              body
              createdAt
              editedAt
              author { ...Person }
              comments(first: 3) { edges { node { id body author { ...Person } } } }
            }
          }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
}

fragment Person on User { id name }
"""

CREATE_POST = """
mutation CreatePost($input: CreatePostInput!) {
  createPost(input: $input) {
    post { id body createdAt author { id name } }
    errors { code message path }
  }
}
"""

MATCH_ACTIVITY = """
subscription MatchActivity($matchId: ID!, $after: String) {
  matchActivity(matchId: $matchId, after: $after) {
    __typename
    cursor
    occurredAt
    actor { id name }
    ... on PostAdded { post { id body createdAt author { id name } } }
    ... on CommentAdded { comment { id body createdAt author { id name } } }
    ... on ResyncRequired { reason }
  }
}
"""
