// Shown after an answer that holds a session: one press signs the page in, for every tab and socket.
import { Button } from '@graphiql/react';
import { signedIn } from './session.js';

export function SignedIn({ session, onDone }) {
  function useEverywhere() {
    signedIn.as(session);
    onDone();
  }

  return (
    <div className="mentorship-note" role="status">
      <span>Signed in{session.name ? ` as ${session.name}` : ''}.</span>
      <Button type="button" state="success" onClick={useEverywhere}>
        Use this token in every tab
      </Button>
      <Button type="button" onClick={onDone}>
        Not now
      </Button>
    </div>
  );
}
