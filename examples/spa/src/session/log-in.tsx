// Logging in, with the accounts that a newcomer to the demo may use.
import { useState } from 'react';
import { LogInDocument } from '#gql';
import { Heading, Link } from '../shell/router';
import { Field, Form } from './form';
import { beginSession } from './tokens';

const DEMO = [
  { email: 'maya@demo.example', name: 'Maya', role: 'a mentor' },
  { email: 'tom@demo.example', name: 'Tom', role: 'her mentee' },
  { email: 'ruth@demo.example', name: 'Ruth', role: 'an admin' },
];
const PASSWORD = 'demo-demo-demo';
// `make run` loads the demo, and serves it to its own machine only.
const IS_LOCAL = ['127.0.0.1', 'localhost', '[::1]'].includes(location.hostname);

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
      {IS_LOCAL && (
        <Demo
          choose={(email) => {
            setEmail(email);
            setPassword(PASSWORD);
          }}
        />
      )}
    </div>
  );
}

function Demo({ choose }: { choose: (email: string) => void }) {
  return (
    <section className="demo" aria-labelledby="demo-title">
      <h2 id="demo-title">Just looking?</h2>
      <p className="hint">
        The demo community's people all have the password <code>{PASSWORD}</code>. Be one of them:
      </p>
      <ul>
        {DEMO.map((person) => (
          <li key={person.email}>
            <button type="button" className="quiet" onClick={() => choose(person.email)}>
              <strong>{person.name}</strong>, {person.role}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
