// GraphiQL as this API shows it: its tabs, its fetcher, and under the answer what the fetcher has to say.
import { GraphiQL } from 'graphiql';
import { useMemo, useState } from 'react';
import { createFetcher } from './fetcher.js';
import { latestHeaders } from './headers.js';
import { SignedIn } from './signed_in.jsx';
import { storage } from './storage.js';
import { tabs } from './tabs.js';

export function Mentorship() {
  const [session, setSession] = useState(null);
  const [cut, setCut] = useState(false);
  const fetcher = useMemo(() => createFetcher({ onSession: setSession, onCut: setCut }), []);
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={tabs}
      defaultEditorToolsVisibility="variables"
      onEditHeaders={latestHeaders.remember}
      schemaDescription
      storage={storage}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        Mentorship · Graph<em>i</em>QL
      </GraphiQL.Logo>
      {(cut || session) && (
        <GraphiQL.Footer>
          {cut && (
            <div className="mentorship-note" role="status">
              The connection was cut. Connecting again…
            </div>
          )}
          {session && <SignedIn key={session.accessToken} session={session} onDone={() => setSession(null)} />}
        </GraphiQL.Footer>
      )}
    </GraphiQL>
  );
}
