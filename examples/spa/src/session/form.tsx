// A form of the pages for who is not logged in yet: labelled fields, one button, and the API's own words when it says no.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type ComponentProps, type ReactNode, useId, useState } from 'react';
import type { RefusalFragment } from '#gql';
import { sentence } from '../shell/act';
import { Problem } from '../shell/parts';
import { asNobody } from './tokens';

type Refusals = (Pick<RefusalFragment, 'message'> & Partial<RefusalFragment>)[];

type Props<Data, Input> = {
  button: string;
  document: TypedDocumentNode<Data, { input: Input }>;
  /** The mutation's input, made of what stands in the fields. */
  input: (fields: Record<string, string>) => Input;
  done: (data: Data, fields: Record<string, string>) => void;
  children: (refusals: Refusals) => ReactNode;
};

export function Form<Data, Input>({ button, document, input, done, children }: Props<Data, Input>) {
  const [busy, setBusy] = useState(false);
  const [refusals, setRefusals] = useState<Refusals>([]);

  const send = async (form: FormData) => {
    const fields = Object.fromEntries([...form].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    const { data, error } = await asNobody.mutation(document, { input: input(fields) }).toPromise();
    setBusy(false);
    const payload = data && Object.values(data)[0];
    const found: Refusals = payload ? (payload as { errors: Refusals }).errors : [{ message: sentence(error) }];
    setRefusals(found);
    if (data && found.length === 0) done(data, fields);
  };

  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send(new FormData(event.currentTarget));
      }}
    >
      {children(refusals)}
      <Problem>{refusals.map(({ message }) => message).join(' ')}</Problem>
      <button type="submit" aria-disabled={busy}>
        {busy ? 'One moment…' : button}
      </button>
    </form>
  );
}

/** A field named as in the mutation's input: where a refusal's path leads to it, it is marked. */
export function Field({ label, hint, refusals, ...more }: { label: string; hint?: string; refusals: Refusals } & ComponentProps<'input'>) {
  const id = useId();
  const wrong = refusals.some(({ path }) => path?.at(-1) === more.name);
  return (
    <div className="field-group">
      <label htmlFor={id}>{label}</label>
      <input id={id} required aria-invalid={wrong} aria-describedby={hint ? `${id}-hint` : undefined} {...more} />
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
