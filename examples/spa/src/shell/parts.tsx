// Small parts that all pages share: a person's initials, a moment, a problem, a choice of reasons, a page that loads, words as Markdown.
import Markdown from 'markdown-to-jsx';
import { Fragment } from 'react';
import type { PersonFragment } from '#gql';

export function Avatar({ person, online }: { person: PersonFragment; online?: boolean }) {
  const letters = person.name
    .split(/\s+/)
    .map((name) => name[0])
    .slice(0, 2)
    .join('');
  const hue = [...person.name].reduce((mixed, letter) => (mixed * 3 + letter.charCodeAt(0)) % 9973, 7) % 5;
  return (
    <span className={`avatar hue-${hue} ${online ? 'online' : ''}`} aria-hidden="true">
      {letters}
    </span>
  );
}

export function Moment({ at }: { at: string }) {
  const then = new Date(at);
  const days = (Date.now() - then.getTime()) / 86_400_000;
  const today = new Date().toDateString() === then.toDateString();
  const clock = { hour: 'numeric', minute: '2-digit' } as const;
  const format = today
    ? clock
    : days < 6
      ? { weekday: 'short' as const, ...clock }
      : { day: 'numeric' as const, month: 'short' as const };
  return (
    <time dateTime={at} title={then.toLocaleString()}>
      {new Intl.DateTimeFormat(undefined, format).format(then)}
    </time>
  );
}

export function Problem({ children }: { children: React.ReactNode }) {
  return children ? (
    <p className="problem" role="alert">
      {children}
    </p>
  ) : null;
}

/** One of several reasons, to be chosen in a form as `reason`. */
export function Reasons({ id, label, reasons }: { id: string; label: string; reasons: Record<string, string> }) {
  return (
    <div className="field-group">
      <label htmlFor={id}>{label}</label>
      <select id={id} name="reason" required>
        {Object.entries(reasons).map(([reason, words]) => (
          <option key={reason} value={reason}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p className="loading" role="status">
      Loading {what}…
    </p>
  );
}

/** Guidance as the API gives it: Markdown, drawn without ever becoming HTML by itself. */
export function Guidance({ children }: { children: string }) {
  return (
    <div className="words">
      <Markdown
        options={{
          disableParsingRawHTML: true,
          forceBlock: true,
          wrapper: Fragment,
          overrides: { h1: { component: 'h4' } },
        }}
      >
        {children}
      </Markdown>
    </div>
  );
}

/** What somebody wrote. The API made safe HTML of it; null means that it was deleted. */
export function Words({ html }: { html: string | null | undefined }) {
  if (html == null) return <p className="gone">Deleted.</p>;
  return <div className="words" dangerouslySetInnerHTML={{ __html: html }} />;
}

export function first(name: string): string {
  return name.split(' ')[0] ?? name;
}
