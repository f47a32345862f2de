// The proposed pairs, each with its reasons; the admin chooses which of them to make.
import { useState } from 'react';
import { type CandidateFragment, MakePairsDocument, type MatchObjective } from '#gql';
import { useAct } from '../shell/act';
import { announce } from '../shell/announcer';
import { Avatar, Problem } from '../shell/parts';
import type { Board } from './board-page';

type Suggestion = Board['suggestedMatches'][number];

type Props = {
  programId: string;
  pairs: Suggestion[];
  objective: MatchObjective;
  choose: (objective: MatchObjective) => void;
  made: () => void;
};

const OBJECTIVES: { value: MatchObjective; title: string }[] = [
  { value: 'BEST_SCORE', title: 'The best fits' },
  { value: 'MOST_PEOPLE', title: 'A pair for most people' },
];

export function Suggestions({ programId, pairs, objective, choose, made }: Props) {
  const { act, busy, problem } = useAct(MakePairsDocument);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<string[]>([]);
  const chosen = pairs.filter((pair) => pair.viewerCanMake && !left.has(keyOf(pair)));
  const best = Math.max(1, ...pairs.map(({ score }) => score));

  const make = async () => {
    if (chosen.length === 0) return;
    const done = await act({
      programId,
      pairs: chosen.map((pair) => ({ mentorSignUpId: pair.mentorSignUp.id, menteeSignUpId: pair.menteeSignUp.id })),
      allOrNothing: false,
    });
    setRefused((done?.results ?? []).flatMap(({ error }) => (error ? [error.message] : [])));
    announce(`${(done?.results ?? []).filter(({ match }) => match).length} pairs made.`);
    made();
  };

  return (
    <section className="panel" aria-labelledby="proposed">
      <h2 id="proposed">Proposed pairs</h2>
      <fieldset className="objective">
        <legend>What matters most?</legend>
        {OBJECTIVES.map(({ value, title }) => (
          <label key={value} className="choice">
            <input type="radio" name="objective" value={value} checked={value === objective} onChange={() => choose(value)} /> {title}
          </label>
        ))}
      </fieldset>
      {pairs.length === 0 && <p className="empty">Nobody to pair just now. It appears here as soon as there is.</p>}
      <ul className="suggestions">
        {pairs.map((pair) => (
          <Suggested
            key={keyOf(pair)}
            pair={pair}
            best={best}
            chosen={chosen.includes(pair)}
            toggle={() => setLeft((before) => toggled(before, keyOf(pair)))}
          />
        ))}
      </ul>
      <Problem>{[problem, ...refused].filter(Boolean).join(' ')}</Problem>
      {pairs.length > 0 && (
        <button type="button" aria-disabled={busy || chosen.length === 0} onClick={make}>
          {busy ? 'One moment…' : `Make ${chosen.length} ${chosen.length === 1 ? 'pair' : 'pairs'}`}
        </button>
      )}
    </section>
  );
}

type SuggestedProps = { pair: Suggestion; best: number; chosen: boolean; toggle: () => void };

function Suggested({ pair, best, chosen, toggle }: SuggestedProps) {
  const { mentorSignUp, menteeSignUp, reasons, score, viewerCanMake } = pair;
  return (
    <li className={chosen ? 'suggestion chosen' : 'suggestion'}>
      <label className="suggestion-top">
        <input type="checkbox" checked={chosen} disabled={!viewerCanMake} onChange={toggle} />
        <span className="candidates">
          <Candidate candidate={mentorSignUp} role="mentor" />
          <Candidate candidate={menteeSignUp} role="mentee" />
        </span>
      </label>
      <div className="score">
        <meter value={score} max={best} aria-label="How well they fit" />
        <span>{score.toFixed(1)}</span>
      </div>
      <ul className="reasons">
        {reasons.map(({ code, text, weight }) => (
          <li key={code}>
            {text} <span className="weight">+{weight.toFixed(1)}</span>
          </li>
        ))}
      </ul>
      {!viewerCanMake && <p className="hint">You are one of the two, so another admin makes this pair.</p>}
    </li>
  );
}

function Candidate({ candidate, role }: { candidate: CandidateFragment; role: string }) {
  return (
    <span className="candidate">
      <Avatar person={candidate.user} />
      <span>
        <strong>{candidate.user.name}</strong> <span className="hint">{role}</span>
      </span>
    </span>
  );
}

function keyOf({ mentorSignUp, menteeSignUp }: Suggestion): string {
  return `${mentorSignUp.id} ${menteeSignUp.id}`;
}

function toggled(before: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(key)) after.add(key);
  return after;
}
