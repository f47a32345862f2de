// Who the page is signed in as: a session that goes with every operation, and is renewed before its token ends.
import { ask } from './http.js';

const SPARE_MS = 30_000;
const REFRESH = `mutation Refresh($refreshToken: String!) {
  refreshSession(input: { refreshToken: $refreshToken }) {
    session { accessToken refreshToken expiresAt }
    errors { message }
  }
}`;

let session = null;
let renewal = null;
const listeners = new Set();

export const signedIn = {
  /** The session with its person's `name` (and `email`, in the demo); null when nobody is signed in. */
  current: () => session,

  /** Hear of another person, not of renewals; gives what ends it. */
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  /** From now on everything is sent as this session's person; null: as nobody. */
  as(next) {
    session = next;
    for (const listener of listeners) listener();
  },

  /** The value of Authorization, good for a while yet; undefined when nobody is signed in. */
  async bearer() {
    if (session?.refreshToken && Date.parse(session.expiresAt) < Date.now() + SPARE_MS) {
      renewal ??= renew(session).finally(() => (renewal = null));
      await renewal;
    }
    return session ? `Bearer ${session.accessToken}` : undefined;
  },
};

async function renew(old) {
  const { data } = await ask({ query: REFRESH, variables: { refreshToken: old.refreshToken } });
  if (session !== old) return; // somebody else by now
  if (!data?.refreshSession) return; // no answer, as from a proxy or a limit: the next operation tries again
  const next = data.refreshSession.session;
  if (next) session = { ...old, ...next };
  else signedIn.as(null);
}
