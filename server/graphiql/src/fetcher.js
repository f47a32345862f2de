// What GraphiQL sends its operations with: HTTP for queries and mutations, a socket for subscriptions.
import { getOperationAST } from 'graphql';
import { authorization, latestHeaders } from './headers.js';
import { ask } from './http.js';
import { subscribe } from './live.js';
import { signedIn } from './session.js';

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
  // What stands in Headers goes before who the page is signed in as.
  const bearer = authorization(headers) ? undefined : await signedIn.bearer();
  const result = await ask(request, bearer ? { ...headers, authorization: bearer } : headers);
  for (const payload of Object.values(result.data ?? {})) {
    if (payload?.session?.accessToken) onSession({ ...payload.session, name: payload.user?.name });
  }
  return result;
}
