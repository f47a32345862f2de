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

type Props = {
  label: string;
  tabs: Tab[];
  /** The tab that stands beside the others where there is room. */
  beside: string;
  /** Told whether there is news behind a tab that is not open. */
  onNews: (there: boolean) => void;
};

export function Tabs({ label, tabs, beside, onNews }: Props) {
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

  const isNew = ({ key, newest }: Tab) => key !== openKey && newest !== seen.get(key);
  const news = shown.some(isNew);
  useEffect(() => onNews(news), [news, onNews]);

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
          {shown.map((tab) => (
            <button
              key={tab.key}
              id={`tab-${tab.key}`}
              type="button"
              role="tab"
              aria-selected={tab.key === openKey}
              aria-controls={`panel-${tab.key}`}
              tabIndex={tab.key === openKey ? 0 : -1}
              onClick={() => choose(tab.key)}
            >
              {tab.title}
              {isNew(tab) && (
                <span className="news">
                  <span className="unseen"> (new)</span>
                </span>
              )}
            </button>
          ))}
        </div>
        {shown.map(({ key, panel }) => (
          <div key={key} id={`panel-${key}`} role="tabpanel" aria-labelledby={`tab-${key}`} hidden={key !== openKey}>
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
