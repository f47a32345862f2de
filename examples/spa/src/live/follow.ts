// Following a stream: each event once, in order, for as long as the page is open; the client resumes it where it was cut.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useEffect, useRef, useState } from 'react';
import { type AnyVariables, useClient } from 'urql';
import { sentence } from '../shell/act';

/**
 * Follows while there are variables; tells why in a sentence when the server refuses to go on. With `after` from an answer
 * that a page shows, nothing is missed between that answer and the first event.
 */
export function useFollow<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables | null,
  hear: (event: Data) => void,
): string | null {
  const client = useClient();
  const [problem, setProblem] = useState<string | null>(null);
  const latest = useRef(hear);
  latest.current = hear;
  const wanted = JSON.stringify(variables);
  useEffect(() => {
    if (wanted === 'null') return;
    const following = client.subscription(document, JSON.parse(wanted) as Variables).subscribe(({ data, error }) => {
      setProblem(error ? sentence(error) : null);
      if (data) latest.current(data);
    });
    return following.unsubscribe;
  }, [client, document, wanted]);
  return problem;
}

/**
 * From where to follow what is fetched anew at every event: the first cursor that there is, whatever cursors come later.
 * After ResyncRequired the stream is over, and goes on from that event's cursor; give it to the function.
 */
export function useFirst(cursor: string | undefined): [string | undefined, (cursor: string) => void] {
  const [kept, keep] = useState(cursor);
  if (kept === undefined && cursor !== undefined) keep(cursor);
  return [kept, keep];
}
