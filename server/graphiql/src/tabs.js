// The tabs that a first visit finds, in their order; later visits find what they left.
import logIn from './tabs/log_in.graphql?raw';
import myMatches from './tabs/my_matches.graphql?raw';
import watchMatch from './tabs/watch_match.graphql?raw';
import writePost from './tabs/write_post.graphql?raw';

const toFill = 'an id that MyMatches shows';

export const tabs = [
  { query: logIn },
  { query: myMatches },
  { query: watchMatch, variables: json({ matchId: toFill }) },
  { query: writePost, variables: json({ matchId: toFill, body: 'How did the first week go?' }) },
];

function json(variables) {
  return JSON.stringify(variables, null, 2);
}
