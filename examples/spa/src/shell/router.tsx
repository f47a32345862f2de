// Which page is open: the address says it. A link changes the address without loading anything, and focus goes along.
import { type ComponentProps, type MouseEvent, useEffect, useRef, useSyncExternalStore } from 'react';

const MOVED = 'moved';

export function usePath(): string {
  return useSyncExternalStore(listen, () => location.pathname);
}

export function goTo(path: string): void {
  history.pushState(null, '', path);
  window.dispatchEvent(new Event(MOVED));
  window.scrollTo(0, 0);
}

export function Link({ href, ...more }: ComponentProps<'a'> & { href: string }) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    goTo(href);
  };
  return <a href={href} onClick={follow} {...more} />;
}

/** A page's heading: it names the window, and has the focus when somebody came here by what one did in the app. */
export function Heading({ children, title }: { children: React.ReactNode; title: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Mentorship`;
  }, [title]);
  useEffect(() => {
    // At the first page the browser puts the focus where people expect it.
    if (navigator.userActivation.hasBeenActive) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

function listen(listener: () => void): () => void {
  for (const name of [MOVED, 'popstate']) window.addEventListener(name, listener);
  return () => {
    for (const name of [MOVED, 'popstate']) window.removeEventListener(name, listener);
  };
}
