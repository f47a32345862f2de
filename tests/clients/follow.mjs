// An app that follows a pair's space, and tells what it hears as lines of JSON until its standard input ends.
//
// Told by environment: ENDPOINT, APP (a key of APPS), ACCESS_TOKEN, REFRESH_TOKEN, QUERY, MATCH, AFTER (a cursor).
// A line is one of: {"heard": event}, {"closed": code of a socket}, {"refused": status of a stream's request},
// {"refreshed": true}, {"failed": message}, {"completed": true}.
import { apolloOverEvents, apolloOverSocket, plain, urql } from './libraries.mjs';
import { Login } from './login.mjs';
import { eventsClient, socketClient } from './transports.mjs';

const LIFETIME_MS = 120_000;

const APPS = {
  'graphql-ws': [plain, socketClient],
  'graphql-sse': [plain, eventsClient],
  'apollo over graphql-ws': [apolloOverSocket, socketClient],
  'apollo over graphql-sse': [apolloOverEvents, eventsClient],
  'urql over graphql-ws': [urql, socketClient],
  'urql over graphql-sse': [urql, eventsClient],
};

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const { ENDPOINT, APP, ACCESS_TOKEN, REFRESH_TOKEN, QUERY, MATCH, AFTER } = process.env;

const session = { accessToken: ACCESS_TOKEN, refreshToken: REFRESH_TOKEN };
const login = new Login(ENDPOINT, session, () => tell({ refreshed: true }));
const [follow, makeTransport] = APPS[APP];
follow(
  makeTransport(ENDPOINT, login, tell),
  ENDPOINT,
  { query: QUERY, variables: { matchId: MATCH, after: AFTER } },
  {
    next: ({ data, error }) => tell(error ? { failed: JSON.stringify(error) } : { heard: data.matchActivity }),
    error: (error) => tell({ failed: String(error?.message ?? JSON.stringify(error)) }),
    complete: () => tell({ completed: true }),
  },
);

process.stdin.resume().on('end', () => process.exit(0));
setTimeout(() => process.exit(1), LIFETIME_MS).unref();
