// The app: a door for who is not logged in, and behind it the pages of one person, with one client and one socket.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Provider } from 'urql';
import { BoardPage } from './board/board-page';
import { makeClient } from './live/client';
import { ConnectionNote, SocketContext, useBack } from './live/connection';
import { openSocket } from './live/socket';
import { Outbox } from './outbox/outbox';
import { OutboxContext, useOutbox } from './outbox/waiting';
import { PairsPage } from './pairs/pairs-page';
import { LogIn } from './session/log-in';
import { ResetPassword, VerifyEmail } from './session/letters';
import { LogOut } from './session/log-out';
import { Register } from './session/register';
import { listen, readSession } from './session/tokens';
import { Announcer } from './shell/announcer';
import { Heading, Link, usePath } from './shell/router';
import { SpacePage } from './space/space-page';

export function App() {
  const user = useSyncExternalStore(listen, () => readSession()?.user);
  const path = usePath();
  const letter = path === '/verify-email' ? <VerifyEmail /> : path === '/reset-password' ? <ResetPassword /> : null;
  if (letter) return <Outside>{letter}</Outside>;
  // Another person means another client: nothing of the one before is left in memory.
  if (user) return <Inside key={user} path={path} />;
  return <Outside>{path === '/register' ? <Register /> : <LogIn />}</Outside>;
}

function Outside({ children }: { children: React.ReactNode }) {
  return (
    <>
      <header className="bar">
        <Brand />
      </header>
      <main>{children}</main>
    </>
  );
}

function Inside({ path }: { path: string }) {
  const [{ socket, client, outbox }] = useState(() => {
    const socket = openSocket();
    const client = makeClient(socket);
    return { socket, client, outbox: new Outbox(client) };
  });
  return (
    <SocketContext value={socket}>
      <Provider value={client}>
        <OutboxContext value={outbox}>
          <a className="skip" href="#main">
            Skip to content
          </a>
          <header className="bar">
            <Brand />
            <LogOut />
          </header>
          <ConnectionNote />
          <main id="main" tabIndex={-1}>
            <Page path={path} />
          </main>
          <Announcer />
          <Postman />
        </OutboxContext>
      </Provider>
    </SocketContext>
  );
}

function Page({ path }: { path: string }) {
  const [, noun, id] = partsOf(path);
  if (noun === 'pairs' && id) return <SpacePage key={id} matchId={id} />;
  if (noun === 'programs' && id) return <BoardPage key={id} programId={id} />;
  if (!noun || noun === 'register') return <PairsPage />;
  return (
    <div className="door">
      <Heading title="Not here">There is nothing here</Heading>
      <p>
        <Link href="/">Go to your pairs</Link>
      </p>
    </div>
  );
}

/** What an address is made of; one whose escapes nobody can read is a single noun, which leads nowhere. */
function partsOf(path: string): string[] {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return ['', path];
  }
}

/** Sends what waits when the app opens, and when the connection is back. */
function Postman() {
  const outbox = useOutbox();
  useEffect(() => void outbox.flush(), [outbox]);
  useBack(() => void outbox.flush());
  return null;
}

function Brand() {
  return (
    <Link href="/" className="brand">
      <span className="mark" aria-hidden="true" /> Mentorship
    </Link>
  );
}
