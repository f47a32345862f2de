// Leaving: the session ends on the server, and nothing of its person stays in the browser.
import { useRef, useSyncExternalStore } from 'react';
import { useOutbox } from '../outbox/waiting';
import { goTo } from '../shell/router';
import { leave } from './leaving';
import { endSession } from './tokens';

export function LogOut() {
  const outbox = useOutbox();
  const letters = useSyncExternalStore(outbox.listen, outbox.letters);
  const dialog = useRef<HTMLDialogElement>(null);
  const logOut = () => {
    const refreshToken = endSession();
    goTo('/');
    if (refreshToken) void leave(refreshToken);
  };
  return (
    <>
      <button
        type="button"
        className="quiet"
        onClick={() => (letters.length > 0 ? dialog.current?.showModal() : logOut())}
      >
        Log out
      </button>
      <dialog ref={dialog} aria-labelledby="log-out-title" aria-describedby="log-out-why">
        <div className="dialog-top">
          <h2 id="log-out-title">Some of your words have not arrived yet</h2>
        </div>
        <p id="log-out-why">They wait in this browser, and would be lost if you logged out now.</p>
        <div className="choices">
          <button type="button" autoFocus onClick={() => dialog.current?.close()}>
            Stay logged in
          </button>
          <button type="button" className="danger" onClick={logOut}>
            Log out and lose them
          </button>
        </div>
      </dialog>
    </>
  );
}
