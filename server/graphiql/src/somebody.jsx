// In the demo: one click makes the page one of its people, or nobody again.
import { useState } from 'react';
import { be, people } from './demo.js';
import { useSignedIn } from './who.jsx';

const ROLES = { mentor: 'a mentor', mentee: 'her mentee', admin: 'an admin of their group', moderator: 'a moderator' };

export function Somebody() {
  const session = useSignedIn();
  const [going, setGoing] = useState(null);
  const [problem, setProblem] = useState('');
  const chosen = going ?? { email: session?.email };

  async function choose(person) {
    setGoing({ email: person?.email });
    setProblem('');
    const said = await be(person);
    setProblem(said);
    setGoing(null);
  }

  return (
    <fieldset>
      <legend>Be somebody of the demo</legend>
      {[null, ...people].map((person) => (
        <label key={person?.email ?? 'nobody'}>
          <input
            type="radio"
            name="somebody"
            checked={chosen.email === person?.email}
            onChange={() => choose(person)}
          />
          <span>
            {person?.name ?? 'Nobody'} <small>{person ? ROLES[person.role] : 'somebody who is new'}</small>
          </span>
        </label>
      ))}
      <p role="status">{problem || (going?.email ? 'Logging in…' : explain(session))}</p>
    </fieldset>
  );
}

function explain(session) {
  return session ? 'Sent with every tab and socket, unless Headers says otherwise.' : 'Nobody is signed in.';
}
