// What apps are written with: each function follows one subscription over a transport, and hears { data, error } results.
import { ApolloClient, ApolloLink, InMemoryCache, Observable, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { print } from 'graphql';
import { Client as UrqlClient, subscriptionExchange } from 'urql';

/** The transport's own client, and nothing above it. */
export function plain(transport, endpoint, { query, variables }, sink) {
  transport.subscribe({ query, variables }, { ...sink, next: ({ data, errors }) => sink.next({ data, error: errors }) });
}

/** Apollo Client over its link for graphql-ws. */
export function apolloOverSocket(transport, endpoint, operation, sink) {
  apollo(new GraphQLWsLink(transport), operation, sink);
}

/** Apollo Client over a link for graphql-sse, which Apollo does not bring. */
export function apolloOverEvents(transport, endpoint, operation, sink) {
  const link = new ApolloLink(
    ({ query, variables, operationName, extensions }) =>
      new Observable((observer) =>
        transport.subscribe({ query: print(query), variables, operationName, extensions }, observer),
      ),
  );
  apollo(link, operation, sink);
}

/** urql with its subscription exchange, over either transport. */
export function urql(transport, endpoint, { query, variables }, sink) {
  const forwardSubscription = (request) => ({
    subscribe: (observer) => ({ unsubscribe: transport.subscribe(request, observer) }),
  });
  const client = new UrqlClient({ url: endpoint, exchanges: [subscriptionExchange({ forwardSubscription })] });
  client.subscription(query, variables).subscribe(sink.next);
}

function apollo(link, { query, variables }, sink) {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  client.subscribe({ query: gql(query), variables }).subscribe(sink);
}
