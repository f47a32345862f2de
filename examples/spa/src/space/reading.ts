// Telling the server how far one has read, once things have been in sight, so that other devices and the partner know.
import { useCallback, useEffect, useRef } from 'react';
import { useClient } from 'urql';
import { MarkReadDocument } from '#gql';

const GLANCE_MS = 800;

/** Marks the space as read up to a cursor, when the window is in sight: at once, or when somebody looks at it again. */
export function useReading(matchId: string, cursor: string | undefined): void {
  const client = useClient();
  const marked = useRef<string>(undefined);
  const mark = useCallback(async () => {
    if (!cursor || marked.current === cursor || document.visibilityState !== 'visible') return;
    const { data } = await client.mutation(MarkReadDocument, { input: { matchId, upTo: cursor } }).toPromise();
    if (data) marked.current = cursor;
  }, [client, matchId, cursor]);
  useEffect(() => {
    const glance = setTimeout(() => void mark(), GLANCE_MS);
    const look = () => void mark();
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(glance);
      document.removeEventListener('visibilitychange', look);
    };
  }, [mark]);
}
