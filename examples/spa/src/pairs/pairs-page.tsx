// The first page: whom one is paired with, what is new there, and the programs that one looks after.
import { useQuery } from 'urql';
import { FollowMineDocument, HearPairDocument, MyPairsDocument, type PairCardFragment } from '#gql';
import { useBack } from '../live/connection';
import { useFirst, useFollow } from '../live/follow';
import { sentence } from '../shell/act';
import { announce } from '../shell/announcer';
import { Avatar, Loading, Problem, first } from '../shell/parts';
import { Heading, Link } from '../shell/router';

const OVER = ['COMPLETED', 'ENDED', 'EXPIRED'];

export function PairsPage() {
  const [{ data, error }, ask] = useQuery({ query: MyPairsDocument, requestPolicy: 'cache-and-network' });
  const again = () => ask({ requestPolicy: 'network-only' });
  const viewer = data?.viewer;
  const [since, goOnFrom] = useFirst(viewer?.activityCursor);
  useFollow(FollowMineDocument, since === undefined ? null : { after: since }, ({ viewerActivity }) => {
    if (viewerActivity.__typename === 'NotificationAdded') announce(viewerActivity.notification.text);
    if (viewerActivity.__typename === 'ResyncRequired') goOnFrom(viewerActivity.cursor);
    again();
  });
  useBack(again);
  if (!viewer) return error ? <Problem>{sentence(error)}</Problem> : <Loading what="your pairs" />;

  const pairs = viewer.matches.edges.map(({ node }) => node);
  const open = pairs.filter(({ state }) => !OVER.includes(state));
  const over = pairs.filter(({ state }) => OVER.includes(state));
  const groups = viewer.groups.edges.map(({ node }) => node).filter(({ viewerRole }) => viewerRole === 'ADMIN');
  return (
    <div className="page">
      <Heading title="Your pairs">Hello, {first(viewer.user.name)}</Heading>
      {(open.length > 0 || groups.length === 0) && (
        <section aria-labelledby="pairs">
          <h2 id="pairs">Your pairs</h2>
          {open.length === 0 && (
            <p className="empty">Nobody yet. When you are matched in a program, you meet here, and we tell you.</p>
          )}
          <ul className="cards">
            {open.map((pair) => (
              <PairCard key={pair.id} pair={pair} heard={again} />
            ))}
          </ul>
        </section>
      )}
      {groups.map((group) => (
        <section key={group.id} aria-labelledby={group.id}>
          <h2 id={group.id}>Programs of {group.name}</h2>
          <ul className="cards">
            {group.programs?.edges.map(({ node: program }) => (
              <li key={program.id}>
                <Link className="card" href={`/programs/${program.id}`}>
                  <span className="card-text">
                    <strong>{program.title}</strong>
                    <span className="hint">{IN_WORDS[program.state] ?? program.state}</span>
                  </span>
                  <span className="hint">Matching board</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {over.length > 0 && (
        <section aria-labelledby="over">
          <h2 id="over">Earlier</h2>
          <ul className="cards">
            {over.map((pair) => (
              <PairCard key={pair.id} pair={pair} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

const IN_WORDS: Record<string, string> = { SIGN_UP: 'Open for sign-up', MATCHING: 'Being matched', RUNNING: 'Running' };

function PairCard({ pair, heard }: { pair: PairCardFragment; heard?: () => void }) {
  const { space, program, state } = pair;
  const [since, goOnFrom] = useFirst(space?.activityCursor);
  useFollow(
    HearPairDocument,
    heard && since !== undefined ? { matchId: pair.id, after: since } : null,
    ({ matchActivity: event }) => {
      if (event.__typename === 'ResyncRequired') goOnFrom(event.cursor);
      heard?.();
    },
  );
  if (!space) return null;
  const { week, weeks } = space.progress;
  const unread = space.readState.unreadPosts + space.readState.unreadMessages;
  const when = OVER.includes(state) ? state.toLowerCase() : week > 0 ? `week ${week} of ${weeks}` : 'just introduced';
  return (
    <li>
      <Link className="card" href={`/pairs/${pair.id}`}>
        <Avatar person={space.partner} />
        <span className="card-text">
          <strong>{space.partner.name}</strong>
          <span className="hint">
            {pair.viewerRole === 'MENTOR' ? 'Your mentee' : 'Your mentor'} in {program.title}, {when}
          </span>
        </span>
        {unread > 0 && (
          <span className="badge">
            {unread} <span className="unseen">unread</span>
          </span>
        )}
      </Link>
    </li>
  );
}
