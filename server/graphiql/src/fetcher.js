// What GraphiQL sends its operations with: HTTP for queries and mutations, a socket for subscriptions.
import { getOperationAST } from 'graphql';
import { latestHeaders } from './headers.js';
import { subscribe } from './live.js';

const URL_HERE = '/graphql';

/** A GraphiQL fetcher. `onSession` hears of every session that an answer holds, `onCut` of sockets lost and found. */
export function createFetcher({ onSession, onCut }) {
  return (request, { headers, documentAST } = {}) => {
    if (documentAST && getOperationAST(documentAST, request.operationName)?.operation === 'subscription') {
      latestHeaders.text = null;
      return { subscribe: (observer) => subscribe(request, { headers, documentAST }, observer, onCut) };
    }
    return post(request, headers, onSession);
  };
}

async function post(request, headers, onSession) {
  const response = await fetch(URL_HERE, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  let result;
  try {
    result = JSON.parse(text);
  } catch {
    return { errors: [{ message: `The server answered ${response.status}: ${text.slice(0, 500)}` }] };
  }
  for (const payload of Object.values(result.data ?? {})) {
    if (payload?.session?.accessToken) onSession({ ...payload.session, name: payload.user?.name });
  }
  return result;
}
