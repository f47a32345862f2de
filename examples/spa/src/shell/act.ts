// Doing something: a mutation, whether it is under way, and why it was not done, in the API's own words.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useCallback, useRef, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import type { RefusalFragment } from '#gql';

type Payload = { errors: RefusalFragment[] };
type Values<Data> = Extract<Data[keyof Data], Payload>;

export const UNREACHED = 'We could not reach the server. Please try again in a moment.';

export function useAct<Data, Input>(document: TypedDocumentNode<Data, { input: Input }>) {
  const client = useClient();
  const underWay = useRef(new Set<string>());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  /** Does it; what the server says, or null when it was refused or did not arrive, and for a second press meanwhile. */
  const act = useCallback(
    async (input: Input): Promise<Values<Data> | null> => {
      const key = JSON.stringify(input);
      if (underWay.current.has(key)) return null;
      underWay.current.add(key);
      setBusy(true);
      const { data, error } = await client.mutation(document, { input }).toPromise();
      underWay.current.delete(key);
      setBusy(underWay.current.size > 0);
      const payload = data ? (Object.values(data)[0] as Values<Data>) : null;
      const refusals = payload ? payload.errors : [{ message: sentence(error) }];
      setProblem(refusals.map(({ message }) => message).join(' ') || null);
      return refusals.length === 0 ? payload : null;
    },
    [client, document],
  );

  return { act, busy, problem };
}

/** What to tell a person about an error that is not a refusal: a refused request's own words, or that nobody answered. */
export function sentence(error: CombinedError | undefined): string {
  return error?.graphQLErrors[0]?.message ?? UNREACHED;
}
