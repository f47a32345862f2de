// A bad day of Maya's in the reference app: answers that say nothing, a stream that cannot go on, an address that nobody can
// read, and a log-out with no connection while her words still wait.
//
// Told by environment: URL of the server. Prints one line of JSON last: what became of each, and what is `foreign`.
import { openChromium, required } from './chromium.mjs';
import { Person } from './spa_person.mjs';

const url = required('URL');
const OF_ANOTHER = 'mentorship.another.outbox';
const PAUSE_SECONDS = 2;

const { browser, openWindow, foreign } = await openChromium();
const told = {};
try {
  const maya = await Person.at(url, await openWindow());
  const wire = await listenIn(maya.page);
  await maya.logIn('Maya');
  await maya.openPair('Tom Whitaker');
  await sayNothing(maya);
  await resync(maya, wire);
  await loseTheWay(maya);
  await leave(maya);
  console.log(JSON.stringify({ ...told, foreign }));
} finally {
  await browser.close();
}

/** The server takes a post and says that something went wrong; then that it is too much; then it answers. */
async function sayNothing(maya) {
  const tries = [];
  const error = (extensions) => ({ json: { data: null, errors: [{ message: 'Not now.', extensions }] } });
  await maya.page.route('**/graphql', async (route) => {
    if (!sends(route, 'CreatePost')) return route.continue();
    tries.push({ key: route.request().postDataJSON().variables.input.idempotencyKey, at: Date.now() });
    if (tries.length === 1) await route.fetch();
    if (tries.length === 1) return route.fulfill(error({ code: 'INTERNAL' }));
    if (tries.length === 2) return route.fulfill(error({ code: 'RATE_LIMITED', retryAfter: PAUSE_SECONDS }));
    return route.continue();
  });
  await maya.post('Said on a bad day.');
  await maya.article('Said on a bad day.').waitFor();
  told.refused = await maya.page.getByText('Not now.').count();
  await maya.allSent();
  await maya.page.unroute('**/graphql');
  told.tries = tries.length;
  told.keys = new Set(tries.map(({ key }) => key)).size;
  told.waited = tries[2].at - tries[1].at >= PAUSE_SECONDS * 1000;
  told.said = (await maya.posts()).filter((post) => post === 'Said on a bad day.').length;
}

/** The first page follows Tom's pair, and the server cannot go on from where it stands. */
async function resync(maya, wire) {
  const before = wire.hearing.length;
  await maya.page.getByRole('link', { name: 'Mentorship' }).click();
  await maya.heading('Hello, Maya');
  const heard = await until(() => wire.hearing.slice(before).at(-1));
  const cursor = wire.cursors.findLast((each) => each !== heard.after);
  const event = { __typename: 'ResyncRequired', cursor };
  wire.send({ id: heard.id, type: 'next', payload: { data: { matchActivity: event } } });
  wire.send({ id: heard.id, type: 'complete' });
  await until(() => wire.hearing.some(({ id, after }) => id !== heard.id && after === cursor));
  told.wentOn = true;
}

async function loseTheWay(maya) {
  await maya.page.goto(`${url}/pairs/%E0%A4%A`);
  await maya.heading('There is nothing here');
  await maya.page.getByRole('link', { name: 'Go to your pairs' }).click();
  await maya.openPair('Tom Whitaker');
}

async function leave(maya) {
  const { page } = maya;
  await page.route('**/graphql', (route) =>
    sends(route, 'CreatePost') || sends(route, 'LogOut') ? route.abort() : route.continue(),
  );
  await page.evaluate((key) => localStorage.setItem(key, '[]'), OF_ANOTHER);
  await maya.post('Never arrives.');
  await maya.sees('Sending…');
  await maya.press('Log out');
  told.asked = await page.getByRole('dialog').getByRole('heading').textContent();
  await maya.press('Stay logged in');
  await maya.sees('Sending…');
  const refreshToken = await page.evaluate(() => JSON.parse(localStorage.getItem('mentorship.session')).refreshToken);
  await maya.press('Log out');
  await maya.press('Log out and lose them');
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  told.keptAfterwards = await kept(page);
  await page.unroute('**/graphql');
  await page.reload();
  await page.waitForFunction(() => localStorage.getItem('mentorship.leaving') === null);
  told.keptInTheEnd = await kept(page);
  told.session = await page.evaluate(async (token) => {
    const query = 'mutation R($t: String!) { refreshSession(input: {refreshToken: $t}) { session { expiresAt } } }';
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables: { t: token } });
    return (await (await fetch('/graphql', { method: 'POST', headers, body })).json()).data.refreshSession.session;
  }, refreshToken);
}

function sends(route, operation) {
  return route.request().postData()?.includes(`mutation ${operation}(`) ?? false;
}

async function kept(page) {
  return page.evaluate(() => Object.keys(localStorage).sort());
}

/** Stands between the page's socket and the server: which pairs are heard from where, and which cursors there were. */
async function listenIn(page) {
  const wire = { hearing: [], cursors: [], send: null };
  await page.routeWebSocket(/\/graphql$/, (socket) => {
    const server = socket.connectToServer();
    wire.send = (message) => socket.send(JSON.stringify(message));
    socket.onMessage((text) => {
      const { id, type, payload } = JSON.parse(text);
      if (type === 'subscribe' && payload.query.includes('HearPair')) {
        wire.hearing.push({ id, after: payload.variables.after });
      }
      server.send(text);
    });
    server.onMessage((text) => {
      const cursor = JSON.parse(text).payload?.data?.matchActivity?.cursor;
      if (cursor) wire.cursors.push(cursor);
      socket.send(text);
    });
  });
  await page.reload();
  return wire;
}

/** What a look gives, as soon as it gives something. */
async function until(look) {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Never came: ${look}`);
}
