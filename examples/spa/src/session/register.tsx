// Making an account.
import { RegisterDocument } from '#gql';
import { Heading, Link, goTo } from '../shell/router';
import { Field, Form } from './form';
import { beginSession } from './tokens';

export function Register() {
  return (
    <div className="door">
      <Heading title="Make an account">Welcome</Heading>
      <p className="lead">A minute, and you are in.</p>
      <Form
        button="Make my account"
        document={RegisterDocument}
        input={({ name = '', email = '', password = '', birthDate = '' }) => ({
          name,
          email,
          password,
          birthDate,
          timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          locale: navigator.language,
        })}
        done={({ register }) => {
          beginSession(register);
          goTo('/');
        }}
      >
        {(refusals) => (
          <>
            <Field label="Your name" name="name" autoComplete="name" maxLength={80} refusals={refusals} />
            <Field label="E-mail" name="email" type="email" autoComplete="username" refusals={refusals} />
            <Field
              label="Password"
              hint="10 characters or more, and hard to guess."
              name="password"
              type="password"
              minLength={10}
              autoComplete="new-password"
              refusals={refusals}
            />
            <Field
              label="Date of birth"
              hint="Programs are for people of 18 and older. Nobody else sees it."
              name="birthDate"
              type="date"
              autoComplete="bday"
              refusals={refusals}
            />
          </>
        )}
      </Form>
      <p className="aside-links">
        <Link href="/">I have an account</Link>
      </p>
    </div>
  );
}
