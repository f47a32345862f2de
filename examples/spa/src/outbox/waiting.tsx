// What one has written and the server has not taken yet, in the place where it will stand.
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Letter, Outbox } from './outbox';

export const OutboxContext = createContext<Outbox | null>(null);

export function useOutbox(): Outbox {
  return useContext(OutboxContext)!;
}

/** Letters of a kind to one place, without those that have arrived: `written` is what one has written there before. */
export function useWaiting(kind: Letter['kind'], to: string, written: { body?: string | null; createdAt: string }[]): Letter[] {
  const outbox = useOutbox();
  const letters = useSyncExternalStore(outbox.listen, outbox.letters);
  // The event about one's own words may come before the answer to them, or the answer be lost.
  const arrived = (letter: Letter) =>
    !letter.problem && written.some(({ body, createdAt }) => body === letter.body.trim() && createdAt >= letter.writtenAt);
  return letters.filter((letter) => letter.kind === kind && letter.to === to && !arrived(letter));
}

export function Waiting({ letter }: { letter: Letter }) {
  const outbox = useOutbox();
  return (
    <div className="waiting">
      <p className="plain">{letter.body}</p>
      {letter.problem ? (
        <p className="problem" role="alert">
          {letter.problem}
          <span className="acts">
            <button type="button" className="quiet" onClick={() => outbox.retry(letter.key)}>
              Try again
            </button>
            <button type="button" className="quiet" onClick={() => outbox.discard(letter.key)}>
              Discard
            </button>
          </span>
        </p>
      ) : (
        <p className="hint">Sending…</p>
      )}
    </div>
  );
}
