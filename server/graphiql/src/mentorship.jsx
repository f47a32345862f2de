// GraphiQL as this API shows it: its tabs, its fetcher, and under the answer what the fetcher has to say.
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { useMemo, useState } from 'react';
import { EXAMPLES } from './examples_panel.jsx';
import { createFetcher } from './fetcher.js';
import { latestHeaders } from './headers.js';
import { SignedIn } from './signed_in.jsx';
import { storage } from './storage.js';
import { tabs } from './tabs.js';
import { Who } from './who.jsx';

const FIRST_VISIT = !storage.getItem('graphiql:tabState');
const PLUGINS = [EXAMPLES, HISTORY_PLUGIN];

export function Mentorship() {
  const [session, setSession] = useState(null);
  const [cut, setCut] = useState(false);
  const fetcher = useMemo(() => createFetcher({ onSession: setSession, onCut: setCut }), []);
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={tabs}
      initialVariables={FIRST_VISIT ? tabs[0].variables : undefined}
      plugins={PLUGINS}
      visiblePlugin={EXAMPLES}
      defaultEditorToolsVisibility="variables"
      onEditHeaders={latestHeaders.remember}
      schemaDescription
      storage={storage}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        Mentorship · Graph<em>i</em>QL <Who />
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
