// Where one writes: a draft that survives a reload, sent by the button or by Ctrl+Enter.
import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { keyOfMine } from '../session/tokens';
import type { Letter } from './outbox';
import { useOutbox } from './waiting';

type Props = {
  kind: Letter['kind'];
  to: string;
  label: string;
  button: string;
  rows?: number;
  /** Enter alone sends, as in a chat. */
  brief?: boolean;
  /** Has the focus from the start, as it was just asked for. */
  focused?: boolean;
  onTyping?: (typing: boolean) => void;
  onSent?: () => void;
};

export function hasDraft(kind: Letter['kind'], to: string): boolean {
  return localStorage.getItem(draftOf(kind, to)) !== null;
}

function draftOf(kind: Letter['kind'], to: string): string {
  return keyOfMine(`draft.${kind}.${to}`);
}

export function Composer({ kind, to, label, button, rows = 2, brief = false, focused = false, onTyping, onSent }: Props) {
  const outbox = useOutbox();
  const draft = draftOf(kind, to);
  const [body, setBody] = useState(() => localStorage.getItem(draft) ?? '');
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();

  const write = (text: string) => {
    setBody(text);
    if (text) localStorage.setItem(draft, text);
    else localStorage.removeItem(draft);
    onTyping?.(text !== '');
  };
  const send = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault();
    field.current?.focus();
    if (!body.trim()) return;
    outbox.send(kind, to, body.trim());
    write('');
    onSent?.();
  };
  const shortcut = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    if (event.ctrlKey || event.metaKey || (brief && !event.shiftKey)) send(event);
  };

  return (
    <form className={brief ? 'composer brief' : 'composer'} onSubmit={send}>
      <label htmlFor={id}>{label}</label>
      <div className="field">
        <textarea
          id={id}
          ref={field}
          autoFocus={focused}
          rows={brief ? 1 : rows}
          value={body}
          maxLength={10_000}
          onChange={(event) => write(event.target.value)}
          onKeyDown={shortcut}
          onBlur={() => onTyping?.(false)}
        />
        <button type="submit">{button}</button>
      </div>
    </form>
  );
}
