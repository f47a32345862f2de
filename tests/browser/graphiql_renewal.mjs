// A visit to GraphiQL on a server whose access tokens are nearly over as soon as they are given.
//
// Told by environment: URL of a server of the demo. Prints one line of JSON last: the name that the API knows the visitor
// by, how many sessions were `renewed`, and what went wrong in the browser (`foreign`, `errors`).
import { openChromium, required } from './chromium.mjs';
import { GraphiQLPage } from './graphiql_page.mjs';

const { browser, context, foreign, errors } = await openChromium();
let renewed = 0;
context.on('request', (request) => (renewed += Boolean(request.postData()?.includes('refreshSession('))));
try {
  const visit = await GraphiQLPage.open(context, required('URL'));
  await visit.be('Maya Fernandes');
  await visit.openExample('Whom am I matched with?');
  const { viewer } = await visit.execute();
  console.log(JSON.stringify({ name: viewer.user.name, renewed, foreign, errors }));
} finally {
  await browser.close();
}
