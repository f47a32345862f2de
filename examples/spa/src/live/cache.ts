// What the app knows, each thing once: whatever brings news of a post, all that shows it shows the news.
import { type Cache, type DataFields, type Entity, cacheExchange, type UpdateResolver } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { gql } from 'urql';
import type { FollowPairSubscription } from '#gql';

// Edges are known by what they hold; what has no id of its own lives inside of what has one.
const EDGES = ['PostEdge', 'CommentEdge', 'MessageEdge', 'CheckInEdge', 'MatchEdge', 'GroupEdge', 'ProgramEdge'];
const WITHOUT_ID = [
  'CheckInAnswer',
  'CheckInConnection',
  'CommentConnection',
  'GroupConnection',
  'Introduction',
  'MatchConnection',
  'MatchReason',
  'MatchWeights',
  'MessageConnection',
  'PageInfo',
  'PairProgress',
  'PairSpace',
  'PairThread',
  'PartnerPresence',
  'PostConnection',
  'ProgramAdmin',
  'ProgramConnection',
  'Reaction',
  'ReadState',
  'SuggestedMatch',
  'SuggestionScope',
  'UnmatchedSignUp',
  'UnreadCounts',
  'Viewer',
];

export const cache = () =>
  cacheExchange({
    keys: Object.fromEntries<(data: DataFields) => string | null>([
      ...EDGES.map((name) => [name, (edge: DataFields) => (edge.node as { id: string }).id] as const),
      ...WITHOUT_ID.map((name) => [name, () => null] as const),
    ]),
    resolvers: {
      PairThread: { posts: relayPagination() },
      PairSpace: { messages: relayPagination() },
    },
    updates: {
      Mutation: {
        createPost: (result, { input }, cache) => addPost(cache, matchOf(input), read(result.createPost).post),
        createComment: (result, { input }, cache) =>
          addComment(cache, (input as { postId: string }).postId, read(result.createComment).comment),
        sendMessage: (result, { input }, cache) => addMessage(cache, matchOf(input), read(result.sendMessage).message),
      },
      Subscription: { matchActivity },
    },
  });

/** Changes need nothing done: they bring the thing as it is now, and it is known by its id. Additions join their list. */
const matchActivity: UpdateResolver = (result, { matchId }, cache) => {
  const { __typename: kind, post, comment, message, checkIn } = result.matchActivity as unknown as Heard;
  const match = String(matchId);
  if (kind === 'PostAdded') addPost(cache, match, post);
  if (kind === 'CommentAdded' && comment) addComment(cache, comment.post.id, comment);
  if (kind === 'MessageAdded') addMessage(cache, match, message);
  if (kind === 'CheckInChanged') add(cache, spaceOf(cache, match), 'checkIns', 'CheckIn', checkIn);
};

type Added = { id: string } | null | undefined;

/** An event with what was asked about it: the list of pairs asks for nothing but that something happened. */
type Heard = {
  __typename: FollowPairSubscription['matchActivity']['__typename'];
  post?: Added;
  comment?: { id: string; post: { id: string } };
  message?: Added;
  checkIn?: Added;
};

function addPost(cache: Cache, match: string, post: Added): void {
  const space = spaceOf(cache, match);
  if (space) add(cache, cache.resolve(space, 'thread') as string | undefined, 'posts', 'Post', post);
}

function addMessage(cache: Cache, match: string, message: Added): void {
  add(cache, spaceOf(cache, match), 'messages', 'Message', message);
}

function addComment(cache: Cache, post: string, comment: Added): void {
  add(cache, cache.keyOfEntity({ __typename: 'Post', id: post }), 'comments', 'Comment', comment);
}

/** Puts a thing into a list that is at hand, unless it is there: comments oldest first, all else newest first. */
function add(cache: Cache, owner: Entity | undefined, field: string, type: string, added: Added): void {
  if (!owner || !added) return;
  const node = { __typename: type, id: added.id };
  const pages = cache.inspectFields(owner).filter(({ fieldName }) => fieldName === field);
  const edgesOf = (page: (typeof pages)[number]) =>
    (cache.resolve(cache.resolve(owner, page.fieldKey) as string, 'edges') ?? []) as string[];
  const key = cache.keyOfEntity(node);
  if (pages.some((page) => edgesOf(page).some((edge) => cache.resolve(edge, 'node') === key))) return;
  const first = pages.find((page) => !page.arguments?.after);
  if (!first) return;
  const edge = { __typename: `${type}Edge`, node };
  cache.writeFragment(gql(`fragment _ on ${type}Edge { node { id } }`), edge);
  const edges = [cache.keyOfEntity(edge) as string, ...edgesOf(first)];
  // Not all comes in its order: one's own words have their answer before we catch up with what was said meanwhile.
  const writtenAt = (edge: string) => Date.parse(String(cache.resolve(cache.resolve(edge, 'node') as string, 'createdAt'))) || 0;
  const newestFirst = edges.toSorted((one, other) => writtenAt(other) - writtenAt(one));
  cache.link(
    cache.resolve(owner, first.fieldKey) as string,
    'edges',
    field === 'comments' ? newestFirst.toReversed() : newestFirst,
  );
}

function spaceOf(cache: Cache, match: string): string | undefined {
  return (cache.resolve({ __typename: 'Match', id: match }, 'space') as string | null) ?? undefined;
}

function matchOf(input: unknown): string {
  return (input as { matchId: string }).matchId;
}

function read(payload: unknown): Record<string, Added> {
  return payload as Record<string, Added>;
}
