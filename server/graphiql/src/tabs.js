// The tabs that a first visit finds, in their order; later visits find what they left.
import { named, variablesOf } from './examples.js';

export const tabs = ['LogIn', 'MyMatches', 'WatchMatch', 'WritePost'].map((name) => {
  const example = named(name);
  return { query: example.query, variables: variablesOf(example) };
});
