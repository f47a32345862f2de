// matchActivity: what stands in the log after the cursor, and then each hint that comes through Redis, in order.
import { GraphQLError } from 'graphql'
import { activityCursor, activityNumber, keyOf } from './identifiers.mjs'

const SUBJECTS = {
  POST_ADDED: ['PostAdded', 'post', 'posts_for_member'],
  COMMENT_ADDED: ['CommentAdded', 'comment', 'comments_for_member']
}
const BATCH = 100

const notFound = () => new GraphQLError('There is no such match, or it is not yours.', { extensions: { code: 'NOT_FOUND' } })

// Events of log rows, each with its row as it is now, read under the member's right and session.
async function events({ database, viewer }, matchId, rows) {
  const found = new Map()
  for (const kind of new Set(rows.map((row) => row.kind))) {
    if (SUBJECTS[kind] === undefined) continue
    const ids = rows.filter((row) => row.kind === kind).map((row) => row.subject_id)
    for (const subject of await database.rows(SUBJECTS[kind][2], [ids, viewer.id, viewer.sessionId])) {
      found.set(subject.id, subject)
    }
  }
  return rows.filter((row) => found.has(row.subject_id)).map((row) => {
    const [type, field] = SUBJECTS[row.kind]
    return {
      __typename: type,
      cursor: activityCursor(matchId, row.number),
      occurredAt: new Date(row.occurred_at),
      actor_id: row.actor_id,
      [field]: found.get(row.subject_id)
    }
  })
}

// Subscribes first and reads the log then, so that nothing falls between the two.
export async function* matchActivity(_, { matchId: id, after }, context) {
  const { database, viewer, hints } = context
  const matchId = keyOf('Match', id)
  const heard = await hints.subscribe(matchId ?? '', context)
  try {
    const [stream] = matchId && viewer.adult ? await database.rows('follow', [matchId, viewer.id]) : []
    if (stream === undefined) throw notFound()
    let last = after == null ? stream.activity_head : activityNumber(matchId, after)
    if (last === null || last > stream.activity_head || last < stream.activity_floor) {
      const cursor = activityCursor(matchId, stream.activity_head)
      yield { matchActivity: { __typename: 'ResyncRequired', cursor, occurredAt: new Date(), reason: 'The cursor is of no use.' } }
      return
    }
    for (let full = last < stream.activity_head; full;) {
      const rows = await database.rows('log_after', [matchId, viewer.id, last, viewer.sessionId])
      for (const event of await events(context, matchId, rows)) {
        context.renew(context)
        yield { matchActivity: event }
      }
      full = rows.length === BATCH
      last = rows.at(-1)?.number ?? last
    }
    for await (const row of heard) {
      if (row.number <= last) continue // told from the log already
      for (const event of await events(context, matchId, [row])) {
        context.renew(context)
        yield { matchActivity: event }
      }
    }
  } finally {
    await heard.return?.()
  }
}
