// Says to who listens rather than looks what has just arrived.
import { useSyncExternalStore } from 'react';

let said = '';
const listeners = new Set<() => void>();

/** Reads a sentence aloud, where a screen reader runs, when it has finished its own. */
export function announce(sentence: string): void {
  // The same sentence twice is a change only if something differs.
  said = sentence === said ? `${sentence}\u00a0` : sentence;
  for (const listener of listeners) listener();
}

export function Announcer() {
  const sentence = useSyncExternalStore(listen, () => said);
  return (
    <p role="status" aria-live="polite" className="unseen">
      {sentence}
    </p>
  );
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
