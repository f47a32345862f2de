// Beside the page's name: who it is signed in as, and the way out.
import { useSyncExternalStore } from 'react';
import { signedIn } from './session.js';

export function useSignedIn() {
  return useSyncExternalStore(signedIn.subscribe, signedIn.current);
}

export function Who() {
  const session = useSignedIn();
  if (!session) return null;
  return (
    <span className="mentorship-who">
      {session.name ?? 'Signed in'}
      <button type="button" onClick={() => signedIn.as(null)}>
        Sign out
      </button>
    </span>
  );
}
