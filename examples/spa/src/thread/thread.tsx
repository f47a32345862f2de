// The thread: what the two post to each other, newest first, with a place to write above it.
import { EarlierPostsDocument } from '#gql';
import { Composer } from '../outbox/composer';
import { Waiting, useWaiting } from '../outbox/waiting';
import { Earlier } from '../shell/earlier';
import { first } from '../shell/parts';
import type { Room } from '../space/space-page';
import { Post } from './post';

export function Thread({ match, space, me, writable, typing }: Room) {
  const { edges, pageInfo } = space.thread.posts;
  const posts = edges.map(({ node }) => node);
  const waiting = useWaiting('post', match.id, posts.filter(({ author }) => author.id === me.id));
  return (
    <section aria-labelledby="thread" className="thread">
      <h2 id="thread" className="unseen">
        Thread
      </h2>
      {writable && (
        <Composer
          kind="post"
          to={match.id}
          label={`Post something for you and ${first(space.partner.name)}`}
          button="Post"
          rows={3}
          onTyping={typing}
        />
      )}
      {waiting.toReversed().map((letter) => (
        <Waiting key={letter.key} letter={letter} />
      ))}
      {posts.length === 0 && waiting.length === 0 && (
        <p className="empty">Nothing yet. A first hello, and what you hope for, is a good beginning.</p>
      )}
      <div role="feed" aria-label="Posts, newest first">
        {posts.map((post, place) => (
          <Post key={post.id} post={post} me={me} writable={writable} place={place + 1} of={posts.length} typing={typing} />
        ))}
      </div>
      <Earlier what="posts" document={EarlierPostsDocument} matchId={match.id} page={pageInfo} />
    </section>
  );
}
