// Global ids and cursors, exactly those of this project's server: base64url of "Match:<hex>", "number:17", "match:<hex>:17".

const encode = (text) => Buffer.from(text, 'latin1').toString('base64url')
const decode = (text) => Buffer.from(text, 'base64url').toString('latin1')

const KEY = /^[0-9a-f]{32}$/

export const globalId = (type, key) => encode(`${type}:${key.replaceAll('-', '')}`)

// The key in a global id of that type, or null: to a client, any other id is one that does not exist.
export function keyOf(type, id) {
  const [name, key] = decode(id).split(':')
  if (name !== type || key === undefined || !KEY.test(key)) return null
  return `${key.slice(0, 8)}-${key.slice(8, 12)}-${key.slice(12, 16)}-${key.slice(16, 20)}-${key.slice(20)}`
}

export const numberCursor = (number) => encode(`number:${number}`)

export function numberOf(cursor) {
  const found = /^number:(\d{1,15})$/.exec(decode(cursor))
  if (found === null) throw new Error('This is no cursor of this list.')
  return Number(found[1])
}

export const activityCursor = (matchId, number) => encode(`match:${matchId.replaceAll('-', '')}:${number}`)

// The number in a cursor of this match's stream, or null.
export function activityNumber(matchId, cursor) {
  const [kind, key, number] = decode(cursor).split(':')
  return kind === 'match' && key === matchId.replaceAll('-', '') && /^\d{1,15}$/.test(number) ? Number(number) : null
}
