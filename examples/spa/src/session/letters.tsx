// Where the links in e-mails lead: an address is verified, a password is chosen anew. Also: asking for such an e-mail.
import { useState } from 'react';
import { RequestPasswordResetDocument, ResetPasswordDocument, VerifyEmailDocument } from '#gql';
import { Heading, Link, goTo } from '../shell/router';
import { Field, Form } from './form';
import { beginSession } from './tokens';

/** What stands behind #token=, which no server and no log ever sees; it leaves the address at once. */
function useToken(): string {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '');
  if (location.hash) history.replaceState(null, '', location.pathname);
  return token;
}

export function VerifyEmail() {
  const token = useToken();
  const [done, setDone] = useState(false);
  return (
    <div className="door">
      <Heading title="Your e-mail address">{done ? 'Thank you' : 'Is this your address?'}</Heading>
      {done ? (
        <p className="lead" role="status">
          Your e-mail address is verified.
        </p>
      ) : (
        <>
          <p className="lead">One press, and we know that letters reach you.</p>
          {/* A press rather than the visit itself: programs that look through mail open links, too. */}
          <Form button="Yes, verify it" document={VerifyEmailDocument} input={() => ({ token })} done={() => setDone(true)}>
            {() => null}
          </Form>
        </>
      )}
      <p className="aside-links">
        <Link href="/">{done ? 'Go on' : 'Not now'}</Link>
      </p>
    </div>
  );
}

export function ResetPassword() {
  const token = useToken();
  return token ? <ChoosePassword token={token} /> : <AskForLetter />;
}

function ChoosePassword({ token }: { token: string }) {
  return (
    <div className="door">
      <Heading title="A new password">A new password</Heading>
      <Form
        button="Use it from now on"
        document={ResetPasswordDocument}
        input={({ newPassword = '' }) => ({ token, newPassword })}
        done={({ resetPassword }) => {
          beginSession(resetPassword);
          goTo('/');
        }}
      >
        {(refusals) => (
          <Field
            label="New password"
            hint="10 characters or more, and hard to guess. Your other devices are logged out."
            name="newPassword"
            type="password"
            minLength={10}
            autoComplete="new-password"
            refusals={refusals}
          />
        )}
      </Form>
      <p className="aside-links">
        <Link href="/">Back to log in</Link>
      </p>
    </div>
  );
}

function AskForLetter() {
  const [sentTo, setSentTo] = useState('');
  return (
    <div className="door">
      <Heading title="Forgot your password?">Forgot your password?</Heading>
      {sentTo ? (
        <p className="lead" role="status">
          If there is an account for {sentTo}, a letter with a link is on its way.
        </p>
      ) : (
        <>
          <p className="lead">It happens. We send you a link to choose another one.</p>
          <Form
            button="Send me the link"
            document={RequestPasswordResetDocument}
            input={({ email = '' }) => ({ email })}
            done={(_, { email = '' }) => setSentTo(email)}
          >
            {(refusals) => <Field label="E-mail" name="email" type="email" autoComplete="username" refusals={refusals} />}
          </Form>
        </>
      )}
      <p className="aside-links">
        <Link href="/">Back to log in</Link>
      </p>
    </div>
  );
}
