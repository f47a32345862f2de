// How the two were introduced, to be read by both before they begin.
import { AcknowledgeIntroductionDocument } from '#gql';
import { useAct } from '../shell/act';
import { Guidance, Problem, first } from '../shell/parts';
import type { Match, Space } from './space-page';

export function Introduction({ match, space }: { match: Match; space: Space }) {
  const { act, busy, problem } = useAct(AcknowledgeIntroductionDocument);
  const { text, shared, firstQuestion, acknowledgedByViewer, acknowledgedByPartner } = space.introduction;
  return (
    <section className="panel" aria-labelledby="introduction">
      <h2 id="introduction">You two</h2>
      <Guidance>{text}</Guidance>
      <ul className="chips">
        {shared.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <p className="question">{firstQuestion}</p>
      <Problem>{problem}</Problem>
      {match.state === 'INTRODUCED' && !acknowledgedByViewer && (
        <button type="button" aria-disabled={busy} onClick={() => act({ matchId: match.id })}>
          I have read it
        </button>
      )}
      {match.state === 'INTRODUCED' && acknowledgedByViewer && !acknowledgedByPartner && (
        <p className="hint">You have read it. {first(space.partner.name)} has yet to. You can already write.</p>
      )}
    </section>
  );
}
