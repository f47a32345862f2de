// A subscription on a graphql-transport-ws socket of its own, which outlives cuts of the connection.
import { Kind } from 'graphql';
import { createClient } from 'graphql-ws';
import { authorization, latestHeaders } from './headers.js';

const ATTEMPTS = 30;
const LONGEST_WAIT_MS = 10_000;

/** Subscribes and answers with what ends it. The socket is its own, so that headers edited since are always asked. */
export function subscribe(request, { headers, documentAST }, observer, onCut) {
  const payload = { ...request };
  const resumes = declaresAfter(documentAST);
  const client = createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    connectionParams: () => {
      const bearer = authorization(latestHeaders.or(headers));
      return bearer ? { authorization: bearer } : {};
    },
    retryAttempts: ATTEMPTS,
    // A browser tells of a lost connection as a bare error event, which graphql-ws takes for final by default.
    shouldRetry: () => true,
    retryWait: (tries) => new Promise((done) => setTimeout(done, waitMs(tries))),
    on: { connecting: (again) => onCut(again), connected: () => onCut(false) },
  });
  const end = client.subscribe(payload, {
    next(result) {
      const cursor = resumes && cursorOf(result);
      if (cursor) payload.variables = { ...payload.variables, after: cursor };
      observer.next(result);
    },
    error(problem) {
      onCut(false);
      observer.next({ errors: Array.isArray(problem) ? problem : [{ message: explain(problem) }] });
      observer.complete();
    },
    complete() {
      onCut(false);
      observer.complete();
    },
  });
  return {
    unsubscribe() {
      end();
      onCut(false);
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
