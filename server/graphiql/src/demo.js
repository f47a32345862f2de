// The demo's people, whom the server names in the page where it serves the demo and nowhere else.
import { ask } from './http.js';
import { signedIn } from './session.js';

const LOG_IN = `mutation BeSomebody($email: String!, $password: String!) {
  logIn(input: { email: $email, password: $password, device: "GraphiQL" }) {
    session { accessToken refreshToken expiresAt }
    errors { message }
  }
}`;

/** Each with `name`, `email`, `password` and `role`; empty where there is no demo. */
export const people = JSON.parse(document.getElementById('demo-people').textContent);

let wanted = null;

/** Signs the page in as one of them, or as nobody (null). Gives what went wrong, in words; the last wish counts. */
export async function be(person) {
  wanted = person;
  if (!person) {
    signedIn.as(null);
    return '';
  }
  const { email, name, password } = person;
  const { data, errors } = await ask({ query: LOG_IN, variables: { email, password } });
  if (wanted !== person) return '';
  const session = data?.logIn?.session;
  if (session) signedIn.as({ ...session, name, email });
  return session ? '' : (data?.logIn?.errors ?? errors).map(({ message }) => message).join(' ');
}
