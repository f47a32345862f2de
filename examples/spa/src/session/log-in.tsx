// Logging in, with the accounts that a newcomer to the demo may use.
import { useState } from 'react';
import { LogInDocument } from '#gql';
import { first } from '../shell/parts';
import { Heading, Link } from '../shell/router';
import { Field, Form } from './form';
import { beginSession } from './tokens';

type Somebody = { name: string; email: string; password: string; role: string };

const ROLES: Record<string, string> = { mentor: 'a mentor', mentee: 'her mentee', admin: 'an admin' };
// The server names them in the page where it serves the demo, and nowhere else.
const PEOPLE = (JSON.parse(document.getElementById('demo-people')?.textContent ?? '[]') as Somebody[]).filter(
  ({ role }) => role in ROLES,
);

export function LogIn() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  return (
    <div className="door">
      <Heading title="Log in">Good to see you</Heading>
      <p className="lead">Mentors and mentees, week by week.</p>
      <Form
        button="Log in"
        document={LogInDocument}
        input={(fields) => ({ email: fields.email ?? '', password: fields.password ?? '' })}
        done={({ logIn }) => beginSession(logIn)}
      >
        {(refusals) => (
          <>
            <Field
              label="E-mail"
              name="email"
              type="email"
              autoComplete="username"
              refusals={refusals}
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
            <Field
              label="Password"
              name="password"
              type="password"
              autoComplete="current-password"
              refusals={refusals}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </>
        )}
      </Form>
      <p className="aside-links">
        <Link href="/register">Make an account</Link>
        <Link href="/reset-password">Forgot your password?</Link>
      </p>
      {PEOPLE.length > 0 && (
        <Demo
          choose={(person) => {
            setEmail(person.email);
            setPassword(person.password);
          }}
        />
      )}
    </div>
  );
}

function Demo({ choose }: { choose: (person: Somebody) => void }) {
  return (
    <section className="demo" aria-labelledby="demo-title">
      <h2 id="demo-title">Just looking?</h2>
      <p className="hint">
        The demo community's people all have the password <code>{PEOPLE[0]?.password}</code>. Be one of them:
      </p>
      <ul>
        {PEOPLE.map((person) => (
          <li key={person.email}>
            <button type="button" className="quiet" onClick={() => choose(person)}>
              <strong>{first(person.name)}</strong>, {ROLES[person.role]}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
