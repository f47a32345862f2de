// The two transports as an app sets them up: graphql-ws and graphql-sse, logged in, patient, resuming from the cursor.
import { createClient as overEvents } from 'graphql-sse';
import { createClient as overSocket } from 'graphql-ws';

// Both clients wait seconds before they come back, and give up after five times; an app that lives for days does not.
const PATIENT = { retryAttempts: Infinity };
const soon = () => new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 200));

/** A client of graphql-transport-ws. `told` hears the code of each close. */
export function socketClient(endpoint, login, told) {
  return resuming(
    overSocket({
      url: endpoint.replace('http', 'ws'),
      connectionParams: async () => ({ authorization: await login.authorization() }),
      on: {
        closed: ({ code }) => {
          if (code === 4403) login.ended();
          told({ closed: code });
        },
      },
      ...PATIENT,
      retryWait: soon,
      shouldRetry: () => true, // By default a refused connection, as in a restart, would be final.
    }),
  );
}

/** A client of graphql-sse in its distinct connections mode. `told` hears the status of each refusal. */
export function eventsClient(endpoint, login, told) {
  return resuming(
    overEvents({
      url: endpoint,
      headers: async () => ({ authorization: await login.authorization() }),
      fetchFn: async (...request) => {
        const response = await fetch(...request);
        if (response.status === 401) login.ended();
        if (!response.ok) told({ refused: response.status });
        return response;
      },
      ...PATIENT,
      retry: soon,
    }),
  );
}

/**
 * The same client, whose subscriptions go on from the last event's cursor when it reconnects: both libraries send the
 * operation anew by themselves, and serialise it at that moment.
 */
function resuming(client) {
  return {
    subscribe(request, sink) {
      const operation = { ...request, variables: { ...request.variables } };
      return client.subscribe(operation, {
        next(result) {
          const [event] = Object.values(result.data ?? {});
          if (event?.cursor) operation.variables.after = event.cursor;
          sink.next(result);
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      });
    },
  };
}
