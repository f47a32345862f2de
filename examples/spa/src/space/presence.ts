// Whether the partner is there and writes, and telling the partner that one writes oneself.
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { FollowPartnerDocument, type FollowPartnerSubscription, SetTypingDocument } from '#gql';
import { useConnection } from '../live/connection';
import { useFollow } from '../live/follow';

export type Presence = FollowPartnerSubscription['partnerPresence'];

const SAY_AGAIN_MS = 3_000;

/** The partner as last heard of; null while we are not in touch, since we do not know then. */
export function usePartner(matchId: string, open: boolean): Presence | null {
  const [seen, setSeen] = useState<Presence | null>(null);
  useFollow(FollowPartnerDocument, open ? { matchId } : null, ({ partnerPresence }) => setSeen(partnerPresence));
  return useConnection() === 'connected' ? seen : null;
}

/** To be called at every keystroke: says so every three seconds, and at once when one stops. */
export function useTyping(matchId: string): (typing: boolean) => void {
  const client = useClient();
  const said = useRef(0);
  const say = useCallback(
    (typing: boolean) => {
      const due = typing ? Date.now() - said.current > SAY_AGAIN_MS : said.current > 0;
      if (!due) return;
      said.current = typing ? Date.now() : 0;
      void client.mutation(SetTypingDocument, { input: { matchId, typing } }).toPromise();
    },
    [client, matchId],
  );
  useEffect(() => () => say(false), [say]);
  return say;
}
