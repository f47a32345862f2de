// Leaving: the session ends on the server, and nothing of it stays in the browser.
import { LogOutDocument } from '#gql';
import { goTo } from '../shell/router';
import { asNobody, endSession, readSession } from './tokens';

export function LogOut() {
  const leave = async () => {
    const refreshToken = readSession()?.refreshToken;
    endSession();
    goTo('/');
    if (refreshToken) await asNobody.mutation(LogOutDocument, { input: { refreshToken } }).toPromise();
  };
  return (
    <button type="button" className="quiet" onClick={leave}>
      Log out
    </button>
  );
}
