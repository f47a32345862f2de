// Rooms of a page behind tabs; on a wide window one of them has a place of its own beside the others.
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';

const wide = window.matchMedia('(min-width: 62rem)');

type Tab = {
  key: string;
  title: string;
  panel: ReactNode;
  /** Names the newest thing in there: where it changes behind somebody's back, the tab says that there is news. */
  newest?: string;
  /** Whether something in there is new from the start. */
  unread?: boolean;
};

export function Tabs({ label, tabs, beside }: { label: string; tabs: Tab[]; beside: string }) {
  const isWide = useSyncExternalStore(
    (listener) => {
      wide.addEventListener('change', listener);
      return () => wide.removeEventListener('change', listener);
    },
    () => wide.matches,
  );
  const [chosen, choose] = useState(tabs[0]?.key);
  const list = useRef<HTMLDivElement>(null);
  const shown = tabs.filter(({ key }) => !(isWide && key === beside));
  const aside = isWide ? tabs.find(({ key }) => key === beside) : undefined;
  const open = shown.find(({ key }) => key === chosen) ?? shown[0];
  const [seen, see] = useState(() => new Map(tabs.map(({ key, newest, unread }) => [key, unread ? '' : newest])));
  const { key: openKey, newest: openNewest } = open ?? {};
  useEffect(() => {
    if (openKey) see((before) => new Map(before).set(openKey, openNewest));
  }, [openKey, openNewest]);

  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !open) return;
    const next = shown[(shown.indexOf(open) + step + shown.length) % shown.length]!;
    choose(next.key);
    list.current?.querySelector<HTMLElement>(`#tab-${next.key}`)?.focus();
  };

  return (
    <div className="rooms">
      <div className="main-room">
        <div role="tablist" aria-label={label} ref={list} onKeyDown={move}>
          {shown.map(({ key, title, newest }) => (
            <button
              key={key}
              id={`tab-${key}`}
              type="button"
              role="tab"
              aria-selected={key === open?.key}
              aria-controls={`panel-${key}`}
              tabIndex={key === open?.key ? 0 : -1}
              onClick={() => choose(key)}
            >
              {title}
              {key !== openKey && newest !== seen.get(key) && (
                <span className="news">
                  <span className="unseen"> (new)</span>
                </span>
              )}
            </button>
          ))}
        </div>
        {shown.map(({ key, panel }) => (
          <div key={key} id={`panel-${key}`} role="tabpanel" aria-labelledby={`tab-${key}`} hidden={key !== open?.key}>
            {panel}
          </div>
        ))}
      </div>
      {aside && (
        <aside aria-label={aside.title} className="beside">
          {aside.panel}
        </aside>
      )}
    </div>
  );
}
