// Who waits and is in no proposed pair, and why.
import { Avatar } from '../shell/parts';
import type { Board } from './board-page';

export function LeftOver({ unmatched }: { unmatched: Board['unmatched'] }) {
  return (
    <section className="panel" aria-labelledby="left-over">
      <h2 id="left-over">Left over</h2>
      {unmatched.length === 0 && <p className="empty">Nobody: everyone who waits is in a proposed pair.</p>}
      <ul className="people">
        {unmatched.map(({ signUp, reasons }) => (
          <li key={signUp.id}>
            <Avatar person={signUp.user} />
            <div>
              <p>
                <strong>{signUp.user.name}</strong> <span className="hint">{signUp.role === 'MENTOR' ? 'mentor' : 'mentee'}</span>
                {signUp.waitingPosition && <span className="hint">, place {signUp.waitingPosition} in the queue</span>}
              </p>
              {reasons.map((reason) => (
                <p key={reason} className="hint">
                  {reason}
                </p>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
