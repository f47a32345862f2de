// The page before the first one of a list. The cache joins the pages; the list shows them without being told.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useState } from 'react';
import { useClient } from 'urql';
import { sentence } from './act';
import { Problem } from './parts';

type Props<Data> = {
  what: string;
  document: TypedDocumentNode<Data, { matchId: string; after?: string | null }>;
  matchId: string;
  page: { hasNextPage: boolean; endCursor?: string | null };
};

export function Earlier<Data>({ what, document, matchId, page }: Props<Data>) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  if (!page.hasNextPage) return null;
  const ask = async () => {
    if (busy) return;
    setBusy(true);
    const { error } = await client.query(document, { matchId, after: page.endCursor }).toPromise();
    setBusy(false);
    setProblem(error ? sentence(error) : null);
  };
  return (
    <div className="earlier">
      <button type="button" className="quiet" aria-disabled={busy} onClick={ask}>
        {busy ? 'One moment…' : `Earlier ${what}`}
      </button>
      <Problem>{problem}</Problem>
    </div>
  );
}
