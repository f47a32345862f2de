// The pairs that there are in the program: people and state, and whether one would welcome help.
import type { MadePairFragment } from '#gql';

const STATES: Record<string, string> = { INTRODUCED: 'just introduced', ACTIVE: 'under way', PAUSED: 'paused' };

export function Pairs({ matches }: { matches: MadePairFragment[] }) {
  return (
    <section className="panel" aria-labelledby="pairs">
      <h2 id="pairs">Pairs</h2>
      <ul className="people">
        {matches.map(({ id, mentor, mentee, state, welcomesHelp }) => (
          <li key={id}>
            <p>
              <strong>{mentor.name}</strong> and <strong>{mentee.name}</strong>
              <span className="hint">, {STATES[state] ?? state.toLowerCase()}</span>
              {welcomesHelp && <span className="chip warm">would welcome help</span>}
            </p>
          </li>
        ))}
      </ul>
      {matches.length === 0 && <p className="empty">None yet.</p>}
    </section>
  );
}
