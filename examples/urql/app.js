// Mentorship with urql: log in, see one's pairs, follow one of them live, and write a post in it.
//
//   node urql/app.js                       as Maya, to the demo community that `make run` serves
//   node urql/app.js tom@demo.example      in a second terminal: Maya sees what Tom writes
import { Client, cacheExchange, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';

const [email = 'maya@demo.example', password = 'demo-demo-demo', body = 'Hello from **urql**!'] =
  process.argv.slice(2);
const endpoint = process.env.ENDPOINT ?? 'http://127.0.0.1:8000/graphql';

let token;
const authorization = () => (token ? { authorization: `Bearer ${token}` } : {});

const socket = createClient({ url: endpoint.replace('http', 'ws'), connectionParams: authorization });

const client = new Client({
  url: endpoint,
  preferGetMethod: false,
  fetchOptions: () => ({ headers: authorization() }),
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
      }),
    }),
  ],
});

const LOG_IN = gql`
  mutation LogIn($input: LogInInput!) {
    logIn(input: $input) {
      session {
        accessToken
      }
      errors {
        message
      }
    }
  }
`;

const MY_PAIRS = gql`
  query MyPairs {
    viewer {
      user {
        id
        name
      }
      matches(first: 10, state: [INTRODUCED, ACTIVE]) {
        edges {
          node {
            id
            space {
              activityCursor
              partner {
                id
                name
              }
            }
          }
        }
      }
    }
  }
`;

const FOLLOW_PAIR = gql`
  subscription FollowPair($matchId: ID!, $after: String) {
    matchActivity(matchId: $matchId, after: $after) {
      cursor
      actor {
        id
        name
      }
      ... on PostAdded {
        post {
          id
          body
        }
      }
    }
  }
`;

const WRITE_POST = gql`
  mutation WritePost($input: CreatePostInput!) {
    createPost(input: $input) {
      post {
        id
      }
      errors {
        message
      }
    }
  }
`;

/** Sends a mutation. What the server refuses comes as data, with a message for people. */
async function act(mutation, input) {
  const { data, error } = await client.mutation(mutation, { input });
  if (error) throw error;
  const [payload] = Object.values(data);
  if (payload.errors.length > 0) throw new Error(payload.errors.map(({ message }) => message).join(' '));
  return payload;
}

const { session } = await act(LOG_IN, { email, password });
token = session.accessToken;

const { data, error } = await client.query(MY_PAIRS, {});
if (error) throw error;
const pairs = data.viewer.matches.edges.map(({ node }) => node);
for (const { space } of pairs) console.log(`${data.viewer.user.name} and ${space.partner.name}`);

// The page was read up to activityCursor: what comes after it is told, and nothing in between is missed.
const [{ id: matchId, space }] = pairs;
client.subscription(FOLLOW_PAIR, { matchId, after: space.activityCursor }).subscribe(({ data, error }) => {
  if (error) throw error;
  const { actor, post } = data.matchActivity;
  if (post) console.log(`${actor.name}: ${post.body}`);
});

// The key makes a retry harmless: an app that is not sure whether its post arrived sends it again with the same one.
await act(WRITE_POST, { matchId, body, idempotencyKey: crypto.randomUUID() });
