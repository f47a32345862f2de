// The demo in GraphiQL: one person comes by keyboard alone and listens, another by mouse and writes, and both change roles.
//
// Told by environment: URL of a server of the demo, POST and POST_LATER (two texts) and SCREENSHOTS (a folder). Prints
// one line of JSON last: what was `heard` by the first person, what `heardAsTom` after the change, what an `outsider` was
// told, and what went wrong in the browser (`foreign`, `errors`, `stored`: tokens in its storage).
import { join } from 'node:path';
import { openChromium, required } from './chromium.mjs';
import { GraphiQLPage } from './graphiql_page.mjs';

const LISTENS_MS = 3_000;
const TRIES = 10;
const url = required('URL');
let watching;
let writing;
const { browser, context, foreign, errors } = await openChromium({ width: 1280, height: 800 });
try {
  watching = await GraphiQLPage.open(context, url);
  await watching.beByKeyboard('Maya Fernandes');
  await watching.openExampleByKeyboard("Watch a pair's space, live");
  await watching.startByKeyboard();

  writing = await GraphiQLPage.open(context, url);
  await writing.be('Tom Whitaker');
  await writing.openExample('Write a post');
  const first = await writing.writePostHere(required('POST'));
  const heard = await watching.waitForEvent(required('POST'));
  await watching.show(join(required('SCREENSHOTS'), 'graphiql-live.png'));

  await watching.be('Tom Whitaker');
  const heardAsTom = await untilHeard(required('POST_LATER'));

  await writing.be('Ruth Adeyemi');
  await writing.openExample('Who should be paired, and why?');
  await writing.execute((data) => data.program?.admin);
  await writing.show(join(required('SCREENSHOTS'), 'graphiql-pairs.png'));
  await watching.be('Nobody');
  const outsider = await watching.waitForRefusal();

  console.log(
    JSON.stringify({
      written: first,
      heard: heard.matchActivity,
      heardAsTom: heardAsTom.matchActivity,
      outsider,
      foreign,
      errors,
      stored: await watching.storedWith('eyJ'),
    }),
  );
} finally {
  await browser.close();
}

// Nothing shows the moment from which a new connection listens, so that posts are written until one is heard.
async function untilHeard(text) {
  for (let tries = 1; ; tries++) {
    const body = `${text} (${tries})`;
    await writing.writePostHere(body);
    try {
      return await watching.waitForEvent(body, LISTENS_MS);
    } catch (notHeard) {
      if (tries === TRIES) throw notHeard;
    }
  }
}
