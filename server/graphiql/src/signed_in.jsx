// Shown after an answer that holds a session: one press puts its access token into every tab's Headers editor.
import { Button, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { withToken } from './headers.js';

export function SignedIn({ session, onDone }) {
  const { moveTab, updateActiveTabValues } = useGraphiQLActions();
  const { tabs, activeTabIndex, headerEditor } = useGraphiQL(pickTabs);

  function putEverywhere() {
    const headers = withToken(session.accessToken);
    // The store takes changed tabs only as a new order, in which the one in front must stay the very object it was.
    const front = tabs[activeTabIndex];
    moveTab(tabs.map((tab) => (tab === front ? tab : { ...tab, headers })));
    headerEditor?.setValue(headers);
    updateActiveTabValues({ headers });
    onDone();
  }

  return (
    <div className="mentorship-note" role="status">
      <span>Signed in{session.name ? ` as ${session.name}` : ''}.</span>
      <Button type="button" state="success" onClick={putEverywhere}>
        Use this token in every tab
      </Button>
      <Button type="button" onClick={onDone}>
        Not now
      </Button>
    </div>
  );
}

function pickTabs({ tabs, activeTabIndex, headerEditor }) {
  return { tabs, activeTabIndex, headerEditor };
}
