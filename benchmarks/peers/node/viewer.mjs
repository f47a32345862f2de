// Who asks: an HS256 access token, and the session that it names, looked up at every request and every subscription.
import { createVerifier } from 'fast-jwt'

export class Unauthenticated extends Error {
  constructor() {
    super('The access token is no good. Log in again.')
    this.extensions = { code: 'UNAUTHENTICATED' }
  }
}

const ADULT = 18

// Making a formatter costs more than all the rest of a request's authentication: one a time zone is kept.
const calendars = new Map()

function today(timeZone) {
  let calendar = calendars.get(timeZone)
  if (calendar === undefined) calendars.set(timeZone, (calendar = new Intl.DateTimeFormat('en-CA', { timeZone })))
  return calendar.format(new Date())
}

// `birthDate` is text, as in 1988-05-17.
function isAdult(birthDate, timeZone) {
  return `${Number(birthDate.slice(0, 4)) + ADULT}${birthDate.slice(4)}` <= today(timeZone)
}

// Makes `authenticate(authorization)`, which gives the viewer or throws Unauthenticated.
export function authenticator(database, key) {
  const verify = createVerifier({
    key,
    algorithms: ['HS256'],
    allowedIss: 'mentorship',
    allowedAud: 'mentorship',
    requiredClaims: ['sub', 'sid', 'exp']
  })
  return async (authorization) => {
    if (typeof authorization !== 'string' || !authorization.startsWith('Bearer ')) throw new Unauthenticated()
    let claims
    try {
      claims = verify(authorization.slice(7))
    } catch {
      throw new Unauthenticated()
    }
    const [user] = await database.rows('session', [claims.sid, claims.sub])
    if (user === undefined) throw new Unauthenticated()
    return { id: user.id, sessionId: claims.sid, adult: isAdult(user.birth_date, user.time_zone) }
  }
}
