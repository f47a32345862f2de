// createPost: number, post and log row in one transaction, then the hint through Redis.
import { randomBytes } from 'node:crypto'
import { keyOf } from './identifiers.mjs'

const MAX_BODY = 10_000

// A time-ordered key (RFC 9562, section 5.7).
function uuid7(now) {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now.getTime(), 0, 6)
  bytes[6] = (bytes[6] & 0x0f) | 0x70
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const refused = (code, message, path) => ({ post: null, errors: [{ code, message, path }] })

// The statements one after the other, as most people would write them.
async function inATransaction(database, matchId, viewerId, postId, body, now) {
  return database.transaction(async (run) => {
    const [taken] = await run('take_match', [matchId, viewerId])
    if (taken === undefined) return null
    const number = taken.activity_head
    await run('insert_post', [postId, matchId, viewerId, number, body, now])
    await run('insert_activity', [matchId, number, postId, viewerId, now])
    return number
  })
}

// The same work in one statement, which is a transaction by itself.
async function inAStatement(database, matchId, viewerId, postId, body, now) {
  const [taken] = await database.rows('create_post', [matchId, viewerId, postId, body, now])
  return taken === undefined ? null : taken.activity_head
}

const write = process.env.PEER_WRITES === 'statement' ? inAStatement : inATransaction

export async function createPost(_, { input }, { database, viewer, hints }) {
  const matchId = keyOf('Match', input.matchId)
  const body = input.body.trim()
  if (body.length === 0 || body.length > MAX_BODY) {
    return refused('INVALID_INPUT', `Write 1 to ${MAX_BODY} characters.`, ['input', 'body'])
  }
  const now = new Date()
  const id = uuid7(now)
  const number = matchId && viewer.adult ? await write(database, matchId, viewer.id, id, body, now) : null
  if (number === null) return refused('NOT_FOUND', 'There is no such match, or it is not yours.', ['input', 'matchId'])
  // After the commit, and not waited for: the answer does not depend on Redis.
  hints.publish(matchId, {
    number, kind: 'POST_ADDED', subject_id: id, actor_id: viewer.id, occurred_at: now.toISOString()
  })
  const post = {
    id, match_id: matchId, author_id: viewer.id, number, body, created_at: now, edited_at: null, deleted_at: null
  }
  return { post, errors: [] }
}
