// A post, what was said about it, and how it was liked.
import { useId, useRef, useState } from 'react';
import type { CommentPartsFragment, PersonFragment, PostPartsFragment } from '#gql';
import { Composer, hasDraft } from '../outbox/composer';
import { Waiting, useWaiting } from '../outbox/waiting';
import { Avatar, Moment, Words } from '../shell/parts';
import { Reactions } from './reactions';

type Props = {
  post: PostPartsFragment;
  me: PersonFragment;
  writable: boolean;
  place: number;
  of: number;
  typing: (typing: boolean) => void;
};

export function Post({ post, me, writable, place, of, typing }: Props) {
  const id = useId();
  const comments = post.comments.edges.map(({ node }) => node);
  const waiting = useWaiting('comment', post.id, comments.filter(({ author }) => author.id === me.id));
  const [answering, setAnswering] = useState(() => hasDraft('comment', post.id));
  const article = useRef<HTMLElement>(null);
  const answered = () => {
    setAnswering(false);
    article.current?.focus();
  };
  return (
    <article className="post" ref={article} aria-labelledby={id} aria-posinset={place} aria-setsize={of} tabIndex={-1}>
      <header>
        <Avatar person={post.author} />
        <p id={id} className="byline">
          <strong>{post.author.name}</strong> <Moment at={post.createdAt} />
          {post.stepProgress && <span className="chip">{post.stepProgress.title}</span>}
        </p>
      </header>
      <Words html={post.bodyHtml} />
      <div className="post-acts">
        {post.bodyHtml !== null && <Reactions subject={post} me={me} writable={writable} />}
        {writable && post.bodyHtml !== null && !answering && (
          <button type="button" className="quiet small" onClick={() => setAnswering(true)} aria-describedby={id}>
            Comment
          </button>
        )}
      </div>
      {comments.length + waiting.length > 0 && (
        <ul className="comments" aria-label="Comments">
          {comments.map((comment) => (
            <li key={comment.id}>
              <Comment comment={comment} me={me} writable={writable} />
            </li>
          ))}
          {waiting.map((letter) => (
            <li key={letter.key}>
              <Waiting letter={letter} />
            </li>
          ))}
        </ul>
      )}
      {writable && answering && (
        <Composer kind="comment" to={post.id} label="Your comment" button="Comment" focused onTyping={typing} onSent={answered} />
      )}
    </article>
  );
}

function Comment({ comment, me, writable }: { comment: CommentPartsFragment; me: PersonFragment; writable: boolean }) {
  return (
    <div className="comment">
      <p className="byline">
        <strong>{comment.author.name}</strong> <Moment at={comment.createdAt} />
      </p>
      <Words html={comment.bodyHtml} />
      {comment.bodyHtml !== null && <Reactions subject={comment} me={me} writable={writable} />}
    </div>
  );
}
