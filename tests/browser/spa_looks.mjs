// Every page of the reference app, in one size and one choice of colours: seen by axe-core, and left as a picture.
//
// Told by environment: URL of the server, SIZE (phone or desktop), COLOURS (light or dark), and ARTEFACTS, a folder for
// pictures. Prints one line of JSON last: which pages were `looked` at, the `violations` of accessibility that were found,
// and what went wrong in the browser (`foreign`, `errors`).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openChromium, required } from './chromium.mjs';
import { Person } from './spa_person.mjs';

const url = required('URL');
const artefacts = required('ARTEFACTS');
const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const colorScheme = required('COLOURS');
const size = required('SIZE');
const SIZES = { phone: { width: 375, height: 812 }, desktop: { width: 1280, height: 900 } };

const { browser, openWindow, foreign, errors } = await openChromium();
const window = () => openWindow({ colorScheme, viewport: SIZES[size], reducedMotion: 'reduce' });
const looked = [];
const violations = [];
try {
  await atTheDoor(await window());
  await inThePair(await window());
  await atTheBoard(await window());
  console.log(JSON.stringify({ looked, violations, foreign, errors }));
} finally {
  await browser.close();
}

async function atTheDoor(window) {
  const newcomer = await Person.at(url, window);
  await look('door', newcomer);
  await newcomer.logInWith('maya@demo.example', 'not the password');
  await newcomer.page.getByRole('alert').waitFor();
  await look('refused', newcomer);
  for (const [name, path, heading] of [
    ['register', '/register', 'Welcome'],
    ['verify-email', '/verify-email#token=x', 'Is this your address?'],
    ['new-password', '/reset-password#token=x', 'A new password'],
    ['forgotten', '/reset-password', 'Forgot your password?'],
  ]) {
    await newcomer.page.goto('about:blank');
    await newcomer.page.goto(url + path);
    await newcomer.heading(heading);
    await look(name, newcomer);
  }
  await window.close();
}

async function inThePair(window) {
  const maya = await Person.at(url, window);
  await maya.logIn('Maya');
  await look('pairs', maya);
  await maya.openPair('Tom Whitaker');
  await maya.sees('Not here just now');
  await look('thread', maya);
  await maya.openTab(/^Messages/);
  await look('messages', maya);
  if (await maya.page.getByRole('tab', { name: 'This week' }).count()) {
    await maya.openTab('This week');
    await look('week', maya);
  }
  await maya.press('Get help or end');
  await look('help', maya);
  await maya.press('Report Tom');
  await look('report', maya);
  await window.close();
}

async function atTheBoard(window) {
  const ruth = await Person.at(url, window);
  await ruth.logIn('Ruth');
  await ruth.openBoard('From Kitchen to Market');
  await look('board', ruth);
  await window.close();
}

async function look(name, { page }) {
  looked.push(name);
  // Not added as a script: the page's policy would rightly refuse it.
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const { id, help, nodes } of found.violations) {
    violations.push({ page: name, id, help, at: nodes.map((node) => `${node.html} ${node.failureSummary}`).slice(0, 3) });
  }
  await page.screenshot({ path: join(artefacts, `spa-${name}-${size}-${colorScheme}.png`) });
}
