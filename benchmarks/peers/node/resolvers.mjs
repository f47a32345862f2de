// The resolvers that both Node servers use: rows in, and DataLoaders for what hangs beneath them.
import { GraphQLScalarType } from 'graphql'
import { matchActivity } from './activity.mjs'
import { connection } from './connections.mjs'
import { activityCursor, globalId, keyOf } from './identifiers.mjs'
import { createPost } from './posts.mjs'

const DateTime = new GraphQLScalarType({ name: 'DateTime', serialize: (value) => value.toISOString() })
const Markdown = new GraphQLScalarType({ name: 'Markdown', serialize: (value) => value, parseValue: (value) => value })

const user = (id, { loaders }) => loaders.users.load(id)

const writing = (type) => ({
  id: (row) => globalId(type, row.id),
  author: (row, _, context) => user(row.author_id, context),
  createdAt: (row) => row.created_at,
  editedAt: (row) => row.edited_at,
  deletedAt: (row) => row.deleted_at
})

const actor = (event, _, context) => (event.actor_id === null ? null : user(event.actor_id, context))

async function match(_, { id }, { database, viewer }) {
  const key = keyOf('Match', id)
  return key === null ? null : ((await database.rows('match_of_member', [key, viewer.id]))[0] ?? null)
}

export const resolvers = {
  DateTime,
  Markdown,
  Query: { match },
  Mutation: { createPost },
  Subscription: { matchActivity: { subscribe: matchActivity } },
  User: { id: (row) => globalId('User', row.id), avatarUrl: (row) => row.avatar_url },
  Match: {
    id: (row) => globalId('Match', row.id),
    mentor: (row, _, context) => user(row.mentor_id, context),
    mentee: (row, _, context) => user(row.mentee_id, context),
    startedAt: (row) => row.started_at,
    endedAt: (row) => row.ended_at,
    viewerRole: (row, _, { viewer }) => (row.mentor_id === viewer.id ? 'MENTOR' : 'MENTEE'),
    space: (row, _, { viewer }) => (viewer.adult ? row : null)
  },
  PairSpace: {
    partner: (row, _, context) => user(row.mentor_id === context.viewer.id ? row.mentee_id : row.mentor_id, context),
    thread: (row) => row,
    steps: (row, _, { loaders }) => loaders.steps.load(row.id),
    activityCursor: (row) => activityCursor(row.id, row.activity_head)
  },
  StepProgress: { id: (row) => globalId('StepProgress', row.id) },
  PairThread: { posts: (row, page, { loaders }) => connection(loaders.posts, row.id, page) },
  Post: {
    ...writing('Post'),
    comments: (row, page, { loaders }) => connection(loaders.comments, row.id, page)
  },
  Comment: writing('Comment'),
  PostAdded: { actor },
  CommentAdded: { actor },
  ResyncRequired: { actor: () => null }
}
