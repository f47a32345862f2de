// An admin's matching board: who fits whom and why, who is left over and why, and the pairs that there are. It is live.
import { useEffect, useRef, useState } from 'react';
import { useQuery } from 'urql';
import { BoardDocument, type BoardQuery, FollowProgramDocument, type MatchObjective } from '#gql';
import { useBack } from '../live/connection';
import { useFirst, useFollow } from '../live/follow';
import { sentence } from '../shell/act';
import { Loading, Problem } from '../shell/parts';
import { Heading, Link } from '../shell/router';
import { LeftOver } from './left-over';
import { Pairs } from './pairs';
import { Suggestions } from './suggestions';
import { Weights } from './weights';

export type Board = NonNullable<NonNullable<BoardQuery['program']>['admin']>;

const GATHER_MS = 300;

export function BoardPage({ programId }: { programId: string }) {
  const [objective, setObjective] = useState<MatchObjective>('BEST_SCORE');
  const [{ data, error, stale, fetching }, ask] = useQuery({
    query: BoardDocument,
    variables: { programId, objective },
    requestPolicy: 'cache-and-network',
  });
  const again = () => ask({ requestPolicy: 'network-only' });
  const soon = useGathered(again);
  const program = data?.program;
  const admin = program?.admin;
  // Proposals are worked out anew at every change: what happened is a reason to ask, and not what to show.
  const [after, goOnFrom] = useFirst(admin?.activityCursor);
  const problem = useFollow(
    FollowProgramDocument,
    after ? { programId, after } : null,
    ({ programActivity: event }) => {
      if (event.__typename === 'ResyncRequired') goOnFrom(event.cursor);
      soon();
    },
  );
  useBack(again);

  if (!data) return error ? <Problem>{sentence(error)}</Problem> : <Loading what="the board" />;
  if (!program || !admin) return <Absent />;
  return (
    <div className="page board" aria-busy={stale || fetching}>
      <header className="board-top">
        <p className="hint">{program.group.name}</p>
        <Heading title={`Matching: ${program.title}`}>{program.title}</Heading>
        <Scope scope={admin.suggestionScope} />
      </header>
      <Problem>{problem ?? (error ? sentence(error) : null)}</Problem>
      <div className="board-columns">
        <div>
          <Suggestions
            programId={program.id}
            pairs={admin.suggestedMatches}
            objective={objective}
            choose={setObjective}
            made={again}
          />
          <LeftOver unmatched={admin.unmatched} />
        </div>
        <div>
          <Weights programId={program.id} weights={admin.matchWeights} weighed={again} />
          <Pairs matches={admin.matches.edges.map(({ node }) => node)} />
        </div>
      </div>
    </div>
  );
}

function Scope({ scope }: { scope: Board['suggestionScope'] }) {
  const { mentorsWaiting, menteesWaiting } = scope;
  return (
    <p className="lead" role="status">
      {count(mentorsWaiting, 'mentor')} with a free place, {count(menteesWaiting, 'mentee')} waiting
    </p>
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Calls once for all that comes within a moment, such as the events of ten pairs made together. */
function useGathered(call: () => void): () => void {
  const latest = useRef(call);
  latest.current = call;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current(), GATHER_MS);
  };
}

function Absent() {
  return (
    <div className="door">
      <Heading title="Not here">There is no such board</Heading>
      <p>Only a group's admins see the boards of its programs.</p>
      <p>
        <Link href="/">Go to your pairs</Link>
      </p>
    </div>
  );
}
