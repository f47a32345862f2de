// Mentorship with Apollo Client: log in, see one's pairs, follow one of them live, and write a post in it.
//
//   node apollo/app.js                       as Maya, to the demo community that `make run` serves
//   node apollo/app.js tom@demo.example      in a second terminal: Maya sees what Tom writes
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';

const [email = 'maya@demo.example', password = 'demo-demo-demo', body = 'Hello from **Apollo Client**!'] =
  process.argv.slice(2);
const endpoint = process.env.ENDPOINT ?? 'http://127.0.0.1:8000/graphql';

let token;
const authorization = () => (token ? { authorization: `Bearer ${token}` } : {});

const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(createClient({ url: endpoint.replace('http', 'ws'), connectionParams: authorization })),
    new SetContextLink(() => ({ headers: authorization() })).concat(new HttpLink({ uri: endpoint })),
  ),
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
  const { data } = await client.mutate({ mutation, variables: { input } });
  const [payload] = Object.values(data);
  if (payload.errors.length > 0) throw new Error(payload.errors.map(({ message }) => message).join(' '));
  return payload;
}

const { session } = await act(LOG_IN, { email, password });
token = session.accessToken;

const { data } = await client.query({ query: MY_PAIRS });
const pairs = data.viewer.matches.edges.map(({ node }) => node);
for (const { space } of pairs) console.log(`${data.viewer.user.name} and ${space.partner.name}`);

// The page was read up to activityCursor: what comes after it is told, and nothing in between is missed.
const [{ id: matchId, space }] = pairs;
client
  .subscribe({ query: FOLLOW_PAIR, variables: { matchId, after: space.activityCursor } })
  .subscribe(({ data: { matchActivity: { actor, post } } }) => {
    if (post) console.log(`${actor.name}: ${post.body}`);
  });

// The key makes a retry harmless: an app that is not sure whether its post arrived sends it again with the same one.
await act(WRITE_POST, { matchId, body, idempotencyKey: crypto.randomUUID() });
