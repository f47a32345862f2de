// The one socket: opened with a fresh token, watched for signs of life, opened again for as long as it takes.
import { type Client, createClient } from 'graphql-ws';
import { distrust, readSession, refreshIfStale } from '../session/tokens';

const SIGN_OF_LIFE_MS = 10_000;
const PATIENCE_MS = 5_000;
const LONGEST_WAIT_MS = 8_000;
const TOKEN_ENDED = 4403;

export type Connection = 'connecting' | 'connected' | 'away';

/** A socket, with what a page may want to know about it. */
export type Socket = {
  client: Client;
  connection: () => Connection;
  /** Calls at every change of `connection`; for useSyncExternalStore. */
  listen: (listener: () => void) => () => void;
};

export function openSocket(): Socket {
  let now: Connection = 'connecting';
  let used = '';
  let overdue: ReturnType<typeof setTimeout>;
  const listeners = new Set<() => void>();
  const become = (next: Connection) => {
    now = next;
    for (const listener of listeners) listener();
  };
  const client = createClient({
    url: `${location.origin.replace('http', 'ws')}/graphql`,
    connectionParams: async () => {
      await refreshIfStale();
      used = readSession()?.accessToken ?? '';
      return { authorization: `Bearer ${used}` };
    },
    keepAlive: SIGN_OF_LIFE_MS,
    connectionAckWaitTimeout: LONGEST_WAIT_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: whileAway,
    on: {
      connected: () => become('connected'),
      closed: (event) => {
        clearTimeout(overdue);
        if ((event as CloseEvent).code === TOKEN_ENDED) distrust(used);
        become('away');
      },
      error: () => become('away'),
      // A connection that died without a word is only noticed by its silence.
      ping: (received) => {
        if (!received) overdue = setTimeout(() => client.terminate(), PATIENCE_MS);
      },
      pong: (received) => received && clearTimeout(overdue),
    },
  });
  window.addEventListener('offline', () => client.terminate());
  return {
    client,
    connection: () => now,
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** A growing, random pause, so that not all come back at once; cut short when the browser is online again. */
function whileAway(retries: number): Promise<void> {
  const longest = Math.min(500 * 2 ** retries, LONGEST_WAIT_MS);
  return new Promise((resolve) => {
    const timer = setTimeout(done, longest * (0.5 + Math.random() / 2));
    window.addEventListener('online', done, { once: true });
    function done() {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      resolve();
    }
  });
}
