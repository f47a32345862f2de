// The panel beside the editors: who to be, in the demo, and the saved examples of each role.
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { people } from './demo.js';
import { find, roles, variablesOf } from './examples.js';
import { Somebody } from './somebody.jsx';
import { useSignedIn } from './who.jsx';

export const EXAMPLES = { title: 'Examples', icon: Icon, content: Panel };

const KINDS = { query: 'query', mutation: 'mutation', subscription: 'live' };

function Panel() {
  const session = useSignedIn();
  const role = people.find(({ email }) => email === session?.email)?.role ?? 'nobody';
  return (
    <section className="mentorship-examples" aria-label="Examples">
      {people.length > 0 && <Somebody />}
      <h2>Examples</h2>
      {roles.map((each) => (
        <details key={`${each.role} ${each.role === role}`} open={each.role === role}>
          <summary>{each.title}</summary>
          <ul>
            {each.examples.map((example) => (
              <li key={example.name}>
                <Example example={example} />
              </li>
            ))}
          </ul>
        </details>
      ))}
      <p>
        <kbd>Ctrl</kbd>-<kbd>Enter</kbd> runs what an editor holds. <kbd>Ctrl</kbd>-<kbd>M</kbd> lets <kbd>Tab</kbd>{' '}
        leave it.
      </p>
    </section>
  );
}

function Example({ example }) {
  const { addTab, changeTab, setOperationFacts, stop, updateActiveTabValues } = useGraphiQLActions();
  const { tabs, queryEditor, variableEditor } = useGraphiQL(pick);

  async function open() {
    const variables = variablesOf(example, await find(example));
    stop();
    const already = tabs.findIndex(({ query }) => query === example.query);
    if (already < 0) addTab();
    else changeTab(already);
    const { query, name, documentAST } = example;
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
    // GraphiQL would find out by itself, a while after: too late for who runs it at once.
    updateActiveTabValues({ query, variables, operationName: name });
    setOperationFacts({ documentAST, operationName: name, operations: [...documentAST.definitions] });
    queryEditor.focus();
  }

  return (
    <button type="button" onClick={open}>
      {example.title} <small>{KINDS[example.operation]}</small>
    </button>
  );
}

function pick({ tabs, queryEditor, variableEditor }) {
  return { tabs, queryEditor, variableEditor };
}

function Icon(props) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" {...props}>
      <path d="M4 5h11M4 12h7M4 19h11M17 9.500l4 2.500-4 2.500z" strokeLinejoin="round" />
    </svg>
  );
}
