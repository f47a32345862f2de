// How much each reason counts in this program; proposals follow at once.
import { useState } from 'react';
import { SetWeightsDocument, type WeightsFragment } from '#gql';
import { useAct } from '../shell/act';
import { Problem } from '../shell/parts';

const NAMES: { key: keyof WeightsFragment; title: string }[] = [
  { key: 'topics', title: 'Topics that both name' },
  { key: 'goals', title: 'Goals in common' },
  { key: 'experience', title: "The mentor's experience" },
  { key: 'languages', title: 'Languages' },
  { key: 'hours', title: 'Hours in common' },
  { key: 'wishes', title: 'Wishes of both' },
];

type Props = { programId: string; weights: WeightsFragment; weighed: () => void };

export function Weights({ programId, weights, weighed }: Props) {
  const { act, busy, problem } = useAct(SetWeightsDocument);
  const [moved, setMoved] = useState<Partial<Record<keyof WeightsFragment, number>>>({});
  const changed = NAMES.some(({ key }) => moved[key] !== undefined && moved[key] !== weights[key]);
  const save = async () => {
    if (!changed || !(await act({ programId, ...moved }))) return;
    setMoved({});
    weighed();
  };
  return (
    <section className="panel" aria-labelledby="weights">
      <h2 id="weights">What counts</h2>
      <ul className="weights">
        {NAMES.map(({ key, title }) => {
          const value = Number(moved[key] ?? weights[key]);
          return (
            <li key={key}>
              <label htmlFor={`weight-${key}`}>{title}</label>
              <input
                id={`weight-${key}`}
                type="range"
                min={0}
                max={10}
                step={0.5}
                value={value}
                onChange={(event) => setMoved({ ...moved, [key]: event.target.valueAsNumber })}
              />
              <output htmlFor={`weight-${key}`}>{value}</output>
            </li>
          );
        })}
      </ul>
      <Problem>{problem}</Problem>
      <button type="button" className="quiet" aria-disabled={busy || !changed} onClick={save}>
        {busy ? 'One moment…' : 'Weigh like this'}
      </button>
    </section>
  );
}
