// Direct messages, as in a chat: the newest at the bottom, where one writes.
import { useEffect, useRef } from 'react';
import { useClient } from 'urql';
import { EarlierMessagesDocument, type MessagePartsFragment, type PersonFragment, SeenDocument } from '#gql';
import { Composer } from '../outbox/composer';
import { Waiting, useWaiting } from '../outbox/waiting';
import { Earlier } from '../shell/earlier';
import { Moment, Words, first } from '../shell/parts';
import type { Room } from '../space/space-page';
import { Reactions } from '../thread/reactions';

export function Messages({ match, space, me, writable, typing, readUpTo }: Room & { readUpTo?: string | null }) {
  const { edges, pageInfo } = space.messages;
  const messages = edges.map(({ node }) => node).toReversed();
  useSeen(messages.filter(({ author, seen }) => author.id === me.id && !seen).map(({ id }) => id), readUpTo);
  const waiting = useWaiting('message', match.id, messages.filter(({ author }) => author.id === me.id));
  return (
    <section aria-labelledby="messages" className="messages">
      <h2 id="messages" className="unseen">
        Messages
      </h2>
      <Earlier what="messages" document={EarlierMessagesDocument} matchId={match.id} page={pageInfo} />
      {messages.length === 0 && waiting.length === 0 && <p className="empty">No messages yet. They are for what is quick.</p>}
      {/* It scrolls from its end: what comes in at the bottom stays in sight. */}
      <div className="from-the-end" role="region" aria-label="Messages, newest last" tabIndex={0}>
        <ol className="bubbles">
          {messages.map((message) => (
            <Bubble key={message.id} message={message} me={me} writable={writable} />
          ))}
          {waiting.map((letter) => (
            <li key={letter.key} className="bubble mine">
              <Waiting letter={letter} />
            </li>
          ))}
        </ol>
      </div>
      {writable && (
        <Composer
          kind="message"
          to={match.id}
          label={`Message to ${first(space.partner.name)}`}
          button="Send"
          brief
          onTyping={typing}
        />
      )}
    </section>
  );
}

function Bubble({ message, me, writable }: { message: MessagePartsFragment; me: PersonFragment; writable: boolean }) {
  const mine = message.author.id === me.id;
  return (
    <li className={mine ? 'bubble mine' : 'bubble'}>
      <p className="byline">
        <strong className={mine ? 'unseen' : undefined}>{message.author.name}</strong> <Moment at={message.createdAt} />
        {mine && message.seen && <span>Seen</span>}
      </p>
      <Words html={message.bodyHtml} />
      {message.bodyHtml !== null && <Reactions subject={message} me={me} writable={writable} />}
    </li>
  );
}

/** Asks which of one's messages have been seen, when the partner has read further; the cache shows it. */
function useSeen(unseen: string[], readUpTo: string | null | undefined): void {
  const client = useClient();
  const latest = useRef(unseen);
  latest.current = unseen;
  useEffect(() => {
    if (!readUpTo || latest.current.length === 0) return;
    void client.query(SeenDocument, { ids: latest.current }, { requestPolicy: 'network-only' }).toPromise();
  }, [client, readUpTo]);
}
