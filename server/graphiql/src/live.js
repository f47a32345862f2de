// A subscription on a graphql-transport-ws socket of its own, which outlives cuts of the connection.
import { Kind } from 'graphql';
import { createClient } from 'graphql-ws';
import { authorization, latestHeaders } from './headers.js';
import { signedIn } from './session.js';

const ATTEMPTS = 30;
const SOMEBODY_ELSE = 4205;
const LONGEST_WAIT_MS = 10_000;

/** Subscribes and answers with what ends it. The socket is its own, so that headers edited since are always asked. */
export function subscribe(request, { headers, documentAST }, observer, onCut) {
  const payload = { ...request };
  const resumes = declaresAfter(documentAST);
  const byHand = () => authorization(latestHeaders.or(headers));
  let socket;
  const client = createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    connectionParams: async () => {
      const bearer = byHand() ?? (await signedIn.bearer());
      return bearer ? { authorization: bearer } : {};
    },
    retryAttempts: ATTEMPTS,
    // A browser tells of a lost connection as a bare error event, which graphql-ws takes for final by default.
    shouldRetry: () => true,
    retryWait: (tries) => new Promise((done) => setTimeout(done, waitMs(tries))),
    on: {
      connecting: (again) => onCut(again),
      connected(opened) {
        socket = opened;
        onCut(false);
      },
    },
  });
  // Whoever the page is signed in as next connects anew, and begins where the document says.
  const stopListening = signedIn.subscribe(() => {
    if (byHand()) return;
    payload.variables = request.variables;
    socket?.close(SOMEBODY_ELSE, 'Somebody else is signed in');
  });
  const ended = () => {
    stopListening();
    onCut(false);
  };
  const end = client.subscribe(payload, {
    next(result) {
      const cursor = resumes && cursorOf(result);
      if (cursor) payload.variables = { ...payload.variables, after: cursor };
      observer.next(result);
    },
    error(problem) {
      ended();
      observer.next({ errors: Array.isArray(problem) ? problem : [{ message: explain(problem) }] });
      observer.complete();
    },
    complete() {
      ended();
      observer.complete();
    },
  });
  return {
    unsubscribe() {
      end();
      ended();
    },
  };
}

// With `$after` in the document the next connection goes on after the last event that was shown, and misses none.
function declaresAfter(documentAST) {
  return documentAST.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.variableDefinitions?.some(({ variable }) => variable.name.value === 'after'),
  );
}

function cursorOf(result) {
  return Object.values(result.data ?? {}).find((event) => event?.cursor)?.cursor;
}

function waitMs(tries) {
  return Math.min(2 ** tries * 500, LONGEST_WAIT_MS) + Math.random() * 500;
}

function explain(problem) {
  if (problem?.code) return `The server closed the socket with ${problem.code} ${problem.reason}`.trim();
  return problem instanceof Error ? problem.message : 'The server cannot be reached.';
}
