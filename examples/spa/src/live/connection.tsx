// Whether we are in touch with the server, for pages that want to know, and told kindly while we are not.
import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from 'react';
import type { Connection, Socket } from './socket';

export const SocketContext = createContext<Socket | null>(null);

export function useConnection(): Connection {
  const socket = useContext(SocketContext)!;
  return useSyncExternalStore(socket.listen, socket.connection);
}

/** Calls each time that the connection is back after it was lost. */
export function useBack(back: () => void): void {
  const connection = useConnection();
  const lost = useRef(false);
  const latest = useRef(back);
  latest.current = back;
  useEffect(() => {
    if (connection === 'away') lost.current = true;
    if (connection === 'connected' && lost.current) {
      lost.current = false;
      latest.current();
    }
  }, [connection]);
}

export function ConnectionNote() {
  const connection = useConnection();
  return (
    <div role="status" aria-live="polite" className={connection === 'away' ? 'connection away' : 'connection'}>
      {connection === 'away' && (
        <p>
          <span className="dots" aria-hidden="true" /> Reconnecting… your words are kept.
        </p>
      )}
    </div>
  );
}
