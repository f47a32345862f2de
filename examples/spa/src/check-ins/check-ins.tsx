// The weekly check-in: a mood, a few words and what comes next; each sees what the other said.
import { type FormEvent, useState } from 'react';
import { AnswerCheckInDocument, type AnswerFragment, type CheckInPartsFragment } from '#gql';
import { useAct } from '../shell/act';
import { Problem, Words, first } from '../shell/parts';
import type { Match, Space } from '../space/space-page';

const MOODS = ['Hard', 'Slow', 'All right', 'Good', 'Great'];
const FACES = ['😣', '😕', '😐', '🙂', '😄'];

export function CheckIns({ match, space, writable }: { match: Match; space: Space; writable: boolean }) {
  const [latest] = space.checkIns.edges.map(({ node }) => node);
  return (
    <section className="panel" aria-labelledby="check-in">
      <h2 id="check-in">Weekly check-in</h2>
      {latest ? (
        <CheckIn key={latest.id} checkIn={latest} partner={space.partner.name} writable={writable} />
      ) : (
        <p className="empty">
          {match.state === 'INTRODUCED' ? 'It begins with your first week.' : 'The first one opens at the end of your week.'}
        </p>
      )}
    </section>
  );
}

function CheckIn({ checkIn, partner, writable }: { checkIn: CheckInPartsFragment; partner: string; writable: boolean }) {
  const [changing, setChanging] = useState(false);
  const { weekNumber, viewerAnswer, partnerAnswer } = checkIn;
  return (
    <>
      <h3>Week {weekNumber}</h3>
      {viewerAnswer && !changing ? (
        <Answer who="You" answer={viewerAnswer} />
      ) : (
        writable && <AnswerForm checkIn={checkIn} done={() => setChanging(false)} />
      )}
      {viewerAnswer && !changing && writable && (
        <button type="button" className="quiet small" onClick={() => setChanging(true)}>
          Change my answer
        </button>
      )}
      {partnerAnswer ? (
        <Answer who={first(partner)} answer={partnerAnswer} />
      ) : (
        <p className="hint">{first(partner)} has not answered yet.</p>
      )}
    </>
  );
}

function Answer({ who, answer }: { who: string; answer: AnswerFragment }) {
  return (
    <div className="answer">
      <p>
        <strong>{who}</strong>: <span aria-hidden="true">{FACES[answer.mood - 1]}</span> {MOODS[answer.mood - 1]}
      </p>
      {answer.bodyHtml && <Words html={answer.bodyHtml} />}
      {answer.nextAction && <p className="hint">Next: {answer.nextAction}</p>}
    </div>
  );
}

function AnswerForm({ checkIn, done }: { checkIn: CheckInPartsFragment; done: () => void }) {
  const { act, busy, problem } = useAct(AnswerCheckInDocument);
  const before = checkIn.viewerAnswer;
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const answered = await act({
      checkInId: checkIn.id,
      mood: Number(form.get('mood')),
      body: String(form.get('body')) || null,
      nextAction: String(form.get('nextAction')) || null,
    });
    if (answered) done();
  };
  return (
    <form className="form" onSubmit={send}>
      <fieldset className="moods">
        <legend>How was your week?</legend>
        {MOODS.map((mood, index) => (
          <label key={mood}>
            <input type="radio" name="mood" value={index + 1} required defaultChecked={before?.mood === index + 1} />
            <span className="face" aria-hidden="true">
              {FACES[index]}
            </span>
            <span>{mood}</span>
          </label>
        ))}
      </fieldset>
      <div className="field-group">
        <label htmlFor="check-in-body">More about it (if you like)</label>
        <textarea id="check-in-body" name="body" rows={2} maxLength={10_000} defaultValue={before?.body ?? ''} />
      </div>
      <div className="field-group">
        <label htmlFor="check-in-next">What comes next (if you know)</label>
        <input id="check-in-next" name="nextAction" maxLength={500} defaultValue={before?.nextAction ?? ''} />
      </div>
      <Problem>{problem}</Problem>
      <button type="submit" aria-disabled={busy}>
        {busy ? 'One moment…' : 'Answer'}
      </button>
    </form>
  );
}
