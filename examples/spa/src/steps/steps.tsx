// The guided steps: what to do now, what is done, and what is to come.
import { CompleteStepDocument, ReopenStepDocument, type StepFragment } from '#gql';
import { useAct } from '../shell/act';
import { Guidance, Problem, first } from '../shell/parts';
import type { Match, Space } from '../space/space-page';

type Props = { match: Match; space: Space; writable: boolean };

export function Steps({ match, space, writable }: Props) {
  const { steps } = space;
  if (steps.length === 0) return null;
  const counted = steps.filter(({ state }) => state !== 'SKIPPED');
  const done = counted.filter(({ state }) => state === 'DONE').length;
  return (
    <section className="panel" aria-labelledby="steps">
      <h2 id="steps">Steps</h2>
      <progress value={done} max={counted.length} aria-label="Steps done" />
      <p className="hint">
        {done} of {counted.length} done
      </p>
      <ol className="steps">
        {steps.map((step) => (
          <Step key={step.id} step={step} match={match} space={space} writable={writable} />
        ))}
      </ol>
    </section>
  );
}

function Step({ step, match, space, writable }: Props & { step: StepFragment }) {
  const current = step.state === 'OPEN' || step.state === 'DONE_BY_ONE';
  return (
    <li className={`step ${step.state.toLowerCase()}`}>
      <details open={current}>
        <summary>
          <span className="step-title">{step.title}</span>
          <span className="hint">{stateOf(step, match, first(space.partner.name))}</span>
        </summary>
        <Guidance>{step.guidance}</Guidance>
        <p className="hint">
          About {step.minutes} minutes. {RULES[step.rule]}
        </p>
        {writable && <Acts step={step} match={match} />}
      </details>
    </li>
  );
}

function Acts({ step, match }: { step: StepFragment; match: Match }) {
  const complete = useAct(CompleteStepDocument);
  const reopen = useAct(ReopenStepDocument);
  const input = { stepProgressId: step.id };
  const mine = match.viewerRole === 'MENTOR' ? step.doneByMentorAt : step.doneByMenteeAt;
  const mayComplete = step.rule !== 'MENTEE' || match.viewerRole === 'MENTEE';
  const open = step.state === 'OPEN' || step.state === 'DONE_BY_ONE';
  return (
    <>
      {open && !mine && mayComplete && (
        <button type="button" aria-disabled={complete.busy} onClick={() => complete.act(input)}>
          {complete.busy ? 'One moment…' : 'I have done this'}
        </button>
      )}
      {mine && step.state === 'DONE_BY_ONE' && (
        <button type="button" className="quiet" aria-disabled={reopen.busy} onClick={() => reopen.act(input)}>
          Not done after all
        </button>
      )}
      <Problem>{complete.problem ?? reopen.problem}</Problem>
    </>
  );
}

const RULES = {
  BOTH: 'It is done when both of you say so.',
  EITHER: 'It is done when one of you says so.',
  MENTEE: 'It is done when the mentee says so.',
};

function stateOf(step: StepFragment, match: Match, partner: string): string {
  const mine = match.viewerRole === 'MENTOR' ? step.doneByMentorAt : step.doneByMenteeAt;
  switch (step.state) {
    case 'LOCKED':
      return `Week ${step.week}`;
    case 'OPEN':
      return 'Open now';
    case 'DONE_BY_ONE':
      return mine ? `You are done, ${partner} is not yet` : `${partner} is done, you are not yet`;
    case 'DONE':
      return 'Done';
    case 'SKIPPED':
      return 'Skipped';
  }
}
