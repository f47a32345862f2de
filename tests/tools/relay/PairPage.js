// What a Relay app says of a pair's page: a list that grows by pages, and one that grows by what is written and heard.
import { graphql } from 'react-relay';

export const page = graphql`
  query PairPageQuery($matchId: ID!) {
    match(id: $matchId) {
      ...PairPage_match
    }
  }
`;

export const posts = graphql`
  fragment PairPage_match on Match
  @refetchable(queryName: "PairPagePostsQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    space {
      activityCursor
      partner {
        name
      }
      thread {
        posts(first: $first, after: $after) @connection(key: "PairPage_posts") {
          __id
          edges {
            node {
              ...PairPage_post
            }
          }
        }
      }
    }
  }
`;

export const post = graphql`
  fragment PairPage_post on Post {
    bodyHtml
    createdAt
    author {
      name
    }
  }
`;

export const write = graphql`
  mutation PairPageWriteMutation($input: CreatePostInput!, $connections: [ID!]!) {
    createPost(input: $input) {
      post @prependNode(connections: $connections, edgeTypeName: "PostEdge") {
        ...PairPage_post
      }
      errors {
        code
        message
        path
      }
    }
  }
`;

export const follow = graphql`
  subscription PairPageFollowSubscription($matchId: ID!, $after: String, $connections: [ID!]!) {
    matchActivity(matchId: $matchId, after: $after) {
      cursor
      ... on PostAdded {
        post @prependNode(connections: $connections, edgeTypeName: "PostEdge") {
          ...PairPage_post
        }
      }
      ... on ResyncRequired {
        reason
      }
    }
  }
`;

export const inbox = graphql`
  fragment PairPage_inbox on Query
  @refetchable(queryName: "PairPageInboxQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, before: { type: "String" }) {
    viewer {
      notifications(last: $count, before: $before) @connection(key: "PairPage_notifications") {
        edges {
          node {
            id
            kind
          }
        }
      }
    }
  }
`;
