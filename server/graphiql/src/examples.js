// The saved examples, role by role, and the variables with which one can be run at once.
import { getOperationAST, parse } from 'graphql';
import { people } from './demo.js';
import { ask } from './http.js';
import { signedIn } from './session.js';

// Vite reads these calls, so that each has its options in full.
const documents = import.meta.glob('./examples/*/*.graphql', { query: '?raw', import: 'default', eager: true });
const values = import.meta.glob('./examples/*/*.json', { import: 'default', eager: true });
const finds = import.meta.glob('./finds/*.graphql', { query: '?raw', import: 'default', eager: true });

const TITLES = {
  nobody: 'New here',
  mentor: 'As a mentor',
  mentee: 'As a mentee',
  admin: "As a group's admin",
  moderator: 'As a moderator',
};

/** Each role with its examples, in the order of their files' names. */
export const roles = Object.entries(TITLES).map(([role, title]) => ({
  role,
  title,
  examples: Object.keys(documents)
    .filter((path) => path.startsWith(`./examples/${role}/`))
    .sort()
    .map(exampleOf),
}));

/** An example by its operation's name. */
export function named(name) {
  return roles.flatMap(({ examples }) => examples).find((example) => example.name === name);
}

function exampleOf(path) {
  const query = documents[path];
  const documentAST = parse(query);
  const { operation, name, variableDefinitions = [] } = getOperationAST(documentAST);
  return {
    query,
    documentAST,
    operation,
    name: name.value,
    title: query.split('\n', 1)[0].replace(/^# /, ''),
    wants: variableDefinitions.map(({ variable }) => variable.name.value).filter((each) => finder(each)),
    variables: values[path.replace(/graphql$/, 'json')],
  };
}

function finder(variable) {
  return finds[`./finds/${variable}.graphql`];
}

/** An example's variables as text, with `found` for the ids that it wants, by their names. */
export function variablesOf({ name, wants, variables }, found = {}) {
  const toFill = Object.fromEntries(wants.map((each) => [each, found[each] ?? 'an id']));
  const [first] = people;
  const known = name === 'LogIn' && first ? { email: first.email, password: first.password } : {};
  const all = { ...toFill, ...variables, ...known };
  return Object.keys(all).length ? JSON.stringify(all, null, 2) : '';
}

/** The ids that an example wants, as far as who is signed in has such things. */
export async function find({ wants }) {
  const bearer = await signedIn.bearer();
  const headers = bearer && { authorization: bearer };
  const found = await Promise.all(wants.map(async (each) => (await ask({ query: finder(each) }, headers)).data));
  return Object.fromEntries(wants.map((each, index) => [each, foundIn(found[index])]));
}

// The first `found` in an answer; beside a state, only of something that is open.
function foundIn(data) {
  if (data === null || typeof data !== 'object') return undefined;
  if (data.found && (data.state ?? 'OPEN') === 'OPEN') return data.found;
  for (const inner of Object.values(data)) {
    const found = foundIn(inner);
    if (found) return found;
  }
  return undefined;
}
