// A visit to GraphiQL on a server whose access tokens are nearly over as soon as they are given.
//
// Told by environment: URL of a server of the demo. Prints one line of JSON last: the name that the API knows the visitor
// by, how many renewals were `asked` for, the first of which is answered by a limit, and what went wrong in the browser (`foreign`, `errors`).
import { openChromium, required } from './chromium.mjs';
import { GraphiQLPage } from './graphiql_page.mjs';

const { browser, context, foreign, errors } = await openChromium();
let asked = 0;
context.on('request', (request) => (asked += Boolean(request.postData()?.includes('refreshSession('))));
try {
  const visit = await GraphiQLPage.open(context, required('URL'));
  await visit.be('Maya Fernandes');
  await visit.openExample('Whom am I matched with?');
  await refuseOnce(visit.page);
  await visit.execute();
  const { viewer } = await visit.execute();
  console.log(JSON.stringify({ name: viewer.user.name, asked, foreign, errors }));
} finally {
  await browser.close();
}

/** The next renewal is told to wait, by something that knows nothing of sessions. */
async function refuseOnce(page) {
  let refused = false;
  await page.route('**/graphql', (route) => {
    if (refused || !route.request().postData()?.includes('refreshSession(')) return route.continue();
    refused = true;
    return route.fulfill({ json: { errors: [{ message: 'Wait.', extensions: { code: 'RATE_LIMITED' } }] } });
  });
}
