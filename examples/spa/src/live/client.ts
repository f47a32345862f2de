// The GraphQL client of somebody who is logged in: HTTP with a token, one cache, and subscriptions that resume.
import { authExchange } from '@urql/exchange-auth';
import { Client, fetchExchange, subscriptionExchange } from 'urql';
import { within } from '../session/in-time';
import { distrust, isStale, readSession, refreshIfStale } from '../session/tokens';
import { cache } from './cache';
import type { Socket } from './socket';

const ANSWER_MS = 30_000;

export function makeClient(socket: Socket): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetch: within(ANSWER_MS),
    exchanges: [cache(), auth, fetchExchange, subscriptions(socket)],
  });
}

const auth = authExchange(async (utils) => ({
  addAuthToOperation(operation) {
    const session = readSession();
    return session ? utils.appendHeaders(operation, { authorization: `Bearer ${session.accessToken}` }) : operation;
  },
  willAuthError() {
    const session = readSession();
    return session !== null && isStale(session);
  },
  didAuthError(error) {
    const refused = error.response?.status === 401;
    if (refused) distrust(readSession()?.accessToken ?? '');
    return refused;
  },
  refreshAuth: refreshIfStale,
}));

/**
 * graphql-ws sends an operation again after a lost connection, as its variables are at that moment: with the cursor of the
 * last event in `after`, the server goes on exactly where it was cut off.
 */
const subscriptions = (socket: Socket) =>
  subscriptionExchange({
    forwardSubscription: ({ query, variables }) => ({
      subscribe(sink) {
        const operation = { query: query ?? '', variables: { ...variables } };
        const unsubscribe = socket.client.subscribe(operation, {
          ...sink,
          next(result) {
            const cursor = cursorOf(result);
            if (cursor) operation.variables.after = cursor;
            sink.next(result as Parameters<typeof sink.next>[0]);
          },
        });
        return { unsubscribe };
      },
    }),
  });

function cursorOf({ data }: { data?: Record<string, unknown> | null }): string | undefined {
  const [event] = Object.values(data ?? {}) as { cursor?: string }[];
  return event?.cursor;
}
