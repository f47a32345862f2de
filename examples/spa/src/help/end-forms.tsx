// Ending a match, or blocking somebody, which ends it too: both ask once more, and say what will happen.
import type { FormEvent } from 'react';
import { BlockUserDocument, EndMatchDocument, type MatchEndReason, type PersonFragment } from '#gql';
import { useAct } from '../shell/act';
import { Problem, Reasons, first } from '../shell/parts';
import { goTo } from '../shell/router';
import type { Match } from '../space/space-page';

const REASONS: Record<MatchEndReason, string> = {
  GOAL_REACHED: 'We have done what we set out to do',
  NO_TIME: 'Life got in the way',
  NOT_A_GOOD_FIT: 'We do not fit',
  SAFETY: 'Something felt unsafe',
  OTHER: 'Something else',
};

export function EndForm({ match, close }: { match: Match; close: () => void }) {
  const { act, busy, problem } = useAct(EndMatchDocument);
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const reason = form.get('reason') as MatchEndReason;
    const ended = await act({ matchId: match.id, reason, backToQueue: form.get('back') === 'on' });
    if (ended) close();
  };
  return (
    <form className="form" onSubmit={send}>
      <p>You will both still read what you wrote, and nobody can write any more. Your reason stays private.</p>
      <Reasons id="end-reason" label="Why?" reasons={REASONS} />
      <label className="choice">
        <input type="checkbox" name="back" /> I would like another match in this program
      </label>
      <label className="choice">
        <input type="checkbox" required /> Yes, end this match
      </label>
      <Problem>{problem}</Problem>
      <button type="submit" className="danger" aria-disabled={busy}>
        {busy ? 'One moment…' : 'End this match'}
      </button>
    </form>
  );
}

export function BlockForm({ partner, close }: { partner: PersonFragment; close: () => void }) {
  const { act, busy, problem } = useAct(BlockUserDocument);
  const block = async () => {
    if (!(await act({ userId: partner.id }))) return;
    close();
    goTo('/');
  };
  return (
    <div className="form">
      <p>
        {first(partner.name)} is not told. Your match ends as any other, and you will never be suggested to each other
        or hear from each other again.
      </p>
      <Problem>{problem}</Problem>
      <button type="button" className="danger" aria-disabled={busy} onClick={block}>
        {busy ? 'One moment…' : `Block ${first(partner.name)}`}
      </button>
    </div>
  );
}
