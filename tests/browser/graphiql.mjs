// The story of two people in GraphiQL, driven as they would: one watches the pair's space, the other writes posts.
//
// Told by environment: URL of the server, EMAIL_WATCHING, EMAIL_WRITING, PASSWORD, POST, POST_WHILE_CUT (two texts) and
// SCREENSHOT (a path). Prints one line of JSON last: who signed in, the match, what the writer was answered, what the
// watcher saw, what went wrong in the browser (`foreign`, `errors`), and which keys of its storage hold a token (`stored`).
import { openChromium, required } from './chromium.mjs';
import { GraphiQLPage } from './graphiql_page.mjs';
import { Wire } from './wire.mjs';

const url = required('URL');
const password = required('PASSWORD');
const { browser, context, foreign, errors } = await openChromium();
const wire = await Wire.to(url);
try {
  const watching = await GraphiQLPage.open(context, wire.url);
  const watcher = await watching.logIn(required('EMAIL_WATCHING'), password);
  // By hand, as the first tab says: the token goes into Headers, in each tab.
  const headers = { Authorization: `Bearer ${watcher.session.accessToken}` };
  await watching.chooseTab('MyMatches');
  await watching.fillHeaders(headers);
  const { viewer } = await watching.execute();
  const match = viewer.matches.edges[0].node.id;
  await watching.chooseTab('WatchMatch');
  await watching.fillHeaders(headers);
  await watching.fillVariables({ matchId: match });
  await watching.start();

  const writing = await GraphiQLPage.open(context, url);
  const writer = await writing.logIn(required('EMAIL_WRITING'), password);
  // The short way: the page's own button fills every tab.
  await writing.press('Use this token in every tab');
  const answered = await writing.writePost(match, required('POST'));
  const seen = await watching.waitForEvent(required('POST'));
  // What follows is a cut connection, which the browser rightly logs as an error.
  const errorsBeforeCut = [...errors];

  wire.cut();
  await watching.waitForNote('The connection was cut. Connecting again…');
  await writing.writePost(match, required('POST_WHILE_CUT'));
  wire.mend();
  const seenAfterCut = await watching.waitForEvent(required('POST_WHILE_CUT'));

  await watching.show(required('SCREENSHOT'));
  console.log(
    JSON.stringify({
      watcher: watcher.user.name,
      writer: writer.user.name,
      match,
      answered,
      seen: seen.matchActivity,
      seenAfterCut: seenAfterCut.matchActivity,
      foreign,
      errors: errorsBeforeCut,
      stored: await watching.storedWith(watcher.session.accessToken),
    }),
  );
} finally {
  wire.close();
  await browser.close();
}
