// Who is logged in: the session's tokens, kept in this browser for all its tabs, and exchanged for new ones in time.
import { Client, fetchExchange } from 'urql';
import { RefreshSessionDocument, type TokensFragment } from '#gql';
import { within } from './in-time';

const KEY = 'mentorship.session';
const AHEAD_MS = 30_000;
const ANSWER_MS = 30_000;
// The server takes a refresh token once more for ten seconds after it has exchanged it, for answers that were lost.
const REFRESH_MS = 5_000;

/** Tokens, and the id of whom they are for. */
export type Session = TokensFragment & { user: string };

/** Asks as nobody: for logging in, and for new tokens when the old ones are of no use any more. */
export const asNobody = new Client({
  url: '/graphql',
  preferGetMethod: false,
  fetch: within(ANSWER_MS),
  exchanges: [fetchExchange],
});

const listeners = new Set<() => void>();
// A second tab that logs in, out, or refreshes counts here as well.
window.addEventListener('storage', (event) => event.key === KEY && tell());

export function readSession(): Session | null {
  const kept = localStorage.getItem(KEY);
  return kept === null ? null : (JSON.parse(kept) as Session);
}

/** Begins with what logging in answered. */
export function beginSession({
  session,
  user,
}: {
  session?: TokensFragment | null;
  user?: { id: string } | null;
}): void {
  if (session && user) keep({ ...session, user: user.id });
}

/** Forgets the session and all that its person left in the browser; the refresh token, which the server still takes. */
export function endSession(): string | undefined {
  const session = readSession();
  const mine = keyOfMine('');
  for (const key of Object.keys(localStorage)) if (key.startsWith(mine)) localStorage.removeItem(key);
  lapse();
  return session?.refreshToken;
}

/** Where something of this person is kept in the browser, such as a draft: it outlasts a session that ends by itself. */
export function keyOfMine(name: string): string {
  return `mentorship.${readSession()?.user}.${name}`;
}

function lapse(): void {
  localStorage.removeItem(KEY);
  tell();
}

/** For useSyncExternalStore. */
export function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Whether the access token ends so soon that a new one is due. */
export function isStale(session: Session): boolean {
  return Date.parse(session.expiresAt) - Date.now() < AHEAD_MS;
}

/** Has the next look at the token find it stale, since a server did. */
export function distrust(accessToken: string): void {
  const session = readSession();
  if (session?.accessToken === accessToken) keep({ ...session, expiresAt: new Date(0).toISOString() });
}

let refreshing: Promise<void> | undefined;

/** Exchanges the tokens if that is due. It never fails: without a server the old ones stay, a refusal ends the session. */
export function refreshIfStale(): Promise<void> {
  const session = readSession();
  if (!session || !isStale(session)) return Promise.resolve();
  refreshing ??= refresh(session).finally(() => (refreshing = undefined));
  return refreshing;
}

async function refresh(session: Session): Promise<void> {
  const input = { refreshToken: session.refreshToken };
  const soon = { fetch: within(REFRESH_MS) };
  const { data } = await asNobody.mutation(RefreshSessionDocument, { input }, soon).toPromise();
  if (!data) return;
  // Another tab may have been first: then its tokens are the ones that count.
  if (readSession()?.refreshToken !== session.refreshToken) return;
  if (data.refreshSession.session) keep({ ...data.refreshSession.session, user: session.user });
  else lapse();
}

function keep(session: Session): void {
  localStorage.setItem(KEY, JSON.stringify(session));
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}
