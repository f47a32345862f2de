// A week of Maya, a mentor, and Tom, her mentee, in the reference app; in the middle of it her connection is cut.
//
// Told by environment: URL of the server, and ARTEFACTS, a folder for pictures. Prints one line of JSON last: what each of
// the two has in sight in the end, and what went wrong in the browser (`foreign`, `errors`).
import { join } from 'node:path';
import { openChromium, required } from './chromium.mjs';
import { Person } from './spa_person.mjs';
import { Wire } from './wire.mjs';

const url = required('URL');
const artefacts = required('ARTEFACTS');
const DESKTOP = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 375, height: 812 }, colorScheme: 'dark' };

const { browser, openWindow, foreign, errors } = await openChromium();
const wire = await Wire.to(url);
const told = {};
try {
  const maya = await Person.at(wire.url, await openWindow(DESKTOP));
  const tom = await Person.at(url, await openWindow(PHONE));
  await maya.logIn('Maya');
  await tom.logIn('Tom');
  await tom.openPair('Maya Fernandes');
  const unread = await maya.unread();
  await tom.comment('Rang around on my day off.', 'The guild answers on Mondays.');
  await tom.message('Have you got five minutes?');
  await maya.sees(`${unread + 1} unread`); // comments do not count
  await maya.openPair('Tom Whitaker');
  await maya.openTab(/^Messages/);
  await maya.openTab('Thread');
  await maya.sees('Here now');
  await tom.sees('Here now');

  await talk(maya, tom);
  await stepByStep(maya, tom);
  await checkIn(maya, tom);
  await message(maya, tom);
  const errorsBeforeCut = [...errors];
  await beCutOff(maya, tom);
  await loseAnAnswer(maya, tom);
  await comeBackLater(maya, tom);

  console.log(JSON.stringify({ ...told, foreign, errors: errorsBeforeCut }));
} catch (error) {
  await picture('failed-', ...browser.contexts().flatMap((context) => context.pages()));
  throw error;
} finally {
  wire.close();
  await browser.close();
}

async function talk(maya, tom) {
  await tom.openTab('Thread');
  await maya.message('Sunday, same time?');
  await tom.page.getByRole('tab', { name: 'Messages (new)' }).waitFor();
  await maya.openTab('Thread');

  const post = 'The assessor said yes to both recipes!';
  await tom.postField.pressSequentially('The assessor');
  await maya.sees('Tom is typing…');
  await tom.post(post);
  await maya.sees(post);
  told.announced = await maya.page.getByText(`Tom Whitaker posted: ${post}`).count();
  await maya.react(post, 'hooray');
  await tom.article(post).getByRole('button', { name: 'hooray, by Maya Fernandes' }).waitFor();
  await maya.comment(post, 'I knew the oats would pass.');
  await tom.sees('I knew the oats would pass.');
}

async function stepByStep(maya, tom) {
  await tom.openTab('This week');
  await tom.completeStep('Rules, records and cover');
  await maya.seesStep('Rules, records and cover', 'Done');
  // It was locked until now, and is open for both at once.
  await maya.completeStep('A price and an offer');
  await tom.seesStep('A price and an offer', 'Maya is done, you are not yet');
  await tom.completeStep('A price and an offer');
  await maya.seesStep('A price and an offer', 'Done');
  told.stepsDone = await maya.page.getByText(/^\d+ of 10 done$/).textContent();
}

async function checkIn(maya, tom) {
  await tom.answerCheckIn('Great', 'Two recipes, one week.');
  await maya.sees('Two recipes, one week.');
  await maya.answerCheckIn('Good', 'Proud of you.');
  await tom.sees('Proud of you.');
}

async function message(maya, tom) {
  // All the while he was elsewhere, and has not been said to have read her message.
  told.seenTooEarly = await maya.seen('Sunday, same time?').count();
  await tom.message('Same time. I bring the price list.');
  await maya.openTab(/^Messages/);
  await maya.sees('Same time. I bring the price list.');
  await maya.seen('Sunday, same time?').waitFor();
  await maya.openTab('Thread');
  await picture('week-', maya.page, tom.page);
}

async function beCutOff(maya, tom) {
  wire.cut();
  await maya.sees('Reconnecting… your words are kept.');
  await maya.post('Written in a tunnel.');
  await maya.sees('Sending…');
  await picture('cut-', maya.page);
  for (const body of ['One while she is away.', 'Two while she is away.', 'Three while she is away.']) {
    await tom.post(body);
    await tom.article(body).waitFor();
  }
  await tom.comment('One while she is away.', 'And a word about it.');
  await tom.allSent();
  await tom.message('Are you in the tunnel?');
  await tom.allSent();
  wire.mend();
  await maya.page.getByText('Reconnecting…').waitFor({ state: 'detached' });
  await maya.allSent();
  await maya.article('Three while she is away.').waitFor();
  await tom.openTab('Thread');
  await tom.article('Written in a tunnel.').waitFor();
  await maya.sees('And a word about it.');
  await maya.openTab(/^Messages/);
  await maya.sees('Are you in the tunnel?');
  told.maya = await inSight(maya);
  told.tom = await inSight(tom);
  await picture('back-', maya.page, tom.page);
}

/** The server takes a post of Maya's, and the answer to it never arrives: the app can but send it again. */
async function loseAnAnswer(maya, tom) {
  let lost = 0;
  await maya.page.route('**/graphql', async (route) => {
    if (lost > 0 || !route.request().postData()?.includes('CreatePost')) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort();
  });
  await maya.post('Said once.');
  await tom.article('Said once.').waitFor();
  await maya.allSent();
  await maya.page.unroute('**/graphql');
  const said = async (person) => (await person.posts()).filter((post) => post === 'Said once.').length;
  told.lostAnswers = lost;
  told.saidOnce = [await said(maya), await said(tom)];
}

async function inSight(person) {
  return {
    posts: (await person.posts()).slice(0, 5),
    comments: await person.commentsOn('One while she is away.'),
    messages: (await person.messages()).slice(-3),
  };
}

/** Maya leaves with a half-written post, and comes back when the server does not know her token any more. */
async function comeBackLater(maya, tom) {
  await maya.openTab('Thread');
  await maya.postField.fill('Half a thought');
  const KEY = 'mentorship.session';
  await maya.page.evaluate((key) => {
    const session = JSON.parse(localStorage.getItem(key));
    localStorage.setItem(key, JSON.stringify({ ...session, accessToken: 'outdated' }));
  }, KEY);
  await maya.page.reload();
  await maya.heading('Tom Whitaker');
  await maya.sees('Here now');
  told.draft = await maya.postField.inputValue();
  told.freshToken = await maya.page.evaluate(
    (key) => JSON.parse(localStorage.getItem(key)).accessToken !== 'outdated',
    KEY,
  );
  await tom.post('Welcome back.');
  await maya.article('Welcome back.').waitFor();
  await maya.press('Log out');
  await maya.page.getByRole('button', { name: 'Log in' }).waitFor();
  await maya.page.waitForFunction(() => localStorage.getItem('mentorship.leaving') === null);
  told.leftBehind = await maya.page.evaluate(() => Object.keys(localStorage));
}

async function picture(name, ...pages) {
  for (const [index, page] of pages.entries()) {
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: join(artefacts, `spa-${name}${['maya', 'tom'][index]}.png`) });
  }
}
