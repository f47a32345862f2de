// A pair's space: the thread, messages, steps and check-ins, live, with the partner in sight.
import { useState } from 'react';
import { useQuery } from 'urql';
import { FollowPairDocument, type FollowPairSubscription, PairDocument, type PairQuery, type PersonFragment } from '#gql';
import { CheckIns } from '../check-ins/check-ins';
import { HelpMenu } from '../help/help-menu';
import { useBack } from '../live/connection';
import { useFollow } from '../live/follow';
import { Messages } from '../messages/messages';
import { sentence } from '../shell/act';
import { announce } from '../shell/announcer';
import { Avatar, Loading, Problem, first } from '../shell/parts';
import { Heading, Link } from '../shell/router';
import { Tabs } from '../shell/tabs';
import { Steps } from '../steps/steps';
import { Thread } from '../thread/thread';
import { heard } from './heard';
import { Introduction } from './introduction';
import { type Presence, usePartner, useTyping } from './presence';
import { useReading } from './reading';

export type Match = NonNullable<PairQuery['match']>;
export type Space = NonNullable<Match['space']>;

/** What the rooms of a space are given. */
export type Room = { match: Match; space: Space; me: PersonFragment; writable: boolean; typing: (typing: boolean) => void };

const WRITABLE = ['INTRODUCED', 'ACTIVE', 'PAUSED'];

export function SpacePage({ matchId }: { matchId: string }) {
  const [{ data, error, stale, fetching }, ask] = useQuery({
    query: PairDocument,
    variables: { matchId },
    requestPolicy: 'cache-and-network',
  });
  const [last, setLast] = useState<FollowPairSubscription['matchActivity']>();
  const again = () => ask({ requestPolicy: 'network-only' });
  const space = data?.match?.space;
  const me = data?.viewer?.user;
  const underWay = stale || fetching;
  const after = space?.activityCursor;
  // Followed from the very answer that is shown: while a newer one is on its way, it would be laid over what we hear.
  const problem = useFollow(FollowPairDocument, after && !underWay ? { matchId, after } : null, ({ matchActivity: event }) => {
    if (event.__typename === 'ResyncRequired') return again();
    setLast(event);
    if (event.actor && event.actor.id !== me?.id) announce(heard(event));
  });
  useBack(() => error && again());
  const [news, setNews] = useState(false);
  const open = WRITABLE.includes(data?.match?.state ?? '');
  const partner = usePartner(matchId, open);
  // What stands behind a tab that is not open has not been read, and a cursor would say so of all before it.
  useReading(matchId, news || underWay ? undefined : (last?.cursor ?? after));

  if (!data) return error ? <Problem>{sentence(error)}</Problem> : <Loading what="your space" />;
  if (!data.match || !space || !me) return <Absent />;
  return (
    <div className="space">
      <Top match={data.match} space={space} presence={open ? partner : null} />
      <Problem>{problem}</Problem>
      <Rooms match={data.match} space={space} me={me} writable={open} readUpTo={partner?.readUpTo} onNews={setNews} />
    </div>
  );
}

function Top({ match, space, presence }: { match: Match; space: Space; presence: Presence | null }) {
  const { partner, progress } = space;
  const status = presence?.typing ? `${first(partner.name)} is typing…` : presence?.online ? 'Here now' : 'Not here just now';
  return (
    <header className="space-top">
      <Avatar person={partner} online={presence?.online ?? false} />
      <div>
        <Heading title={partner.name}>{partner.name}</Heading>
        <p className="hint">
          {presence && (
            <span className={presence.typing ? 'status typing' : presence.online ? 'status here' : 'status'}>
              {status}
            </span>
          )}
          <span>
            {match.program.title}
            {progress.week > 0 && `, week ${progress.week} of ${progress.weeks}`}
            {match.state === 'PAUSED' && ', paused'}
          </span>
        </p>
      </div>
      <HelpMenu match={match} partner={partner} adminSees={space.adminSees} />
    </header>
  );
}

type RoomsProps = Omit<Room, 'typing'> & { readUpTo?: string | null; onNews: (there: boolean) => void };

function Rooms({ match, space, me, writable, readUpTo, onNews }: RoomsProps) {
  const typing = useTyping(match.id);
  const shared: Room = { match, space, me, writable, typing };
  return (
    <>
      {!writable && (
        <p className="notice">
          This pair has {match.state === 'COMPLETED' ? 'completed its mentorship' : 'ended'}. You can still read all of it.
        </p>
      )}
      {match.state === 'INTRODUCED' && <Introduction match={match} space={space} />}
      <Tabs
        label="Your space"
        beside="week"
        onNews={onNews}
        tabs={[
          { key: 'thread', title: 'Thread', panel: <Thread {...shared} />, newest: space.thread.posts.edges[0]?.node.id },
          {
            key: 'messages',
            title: 'Messages',
            panel: <Messages {...shared} readUpTo={readUpTo} />,
            newest: space.messages.edges[0]?.node.id,
            unread: space.readState.unreadMessages > 0,
          },
          {
            key: 'week',
            title: 'This week',
            panel: (
              <>
                <CheckIns match={match} space={space} writable={writable} />
                <Steps match={match} space={space} writable={writable} />
                {match.state !== 'INTRODUCED' && (
                  <details className="introduced">
                    <summary>How you were introduced</summary>
                    <Introduction match={match} space={space} />
                  </details>
                )}
              </>
            ),
          },
        ]}
      />
    </>
  );
}

function Absent() {
  return (
    <div className="door">
      <Heading title="Not here">There is no such pair</Heading>
      <p>
        <Link href="/">Go to your pairs</Link>
      </p>
    </div>
  );
}
