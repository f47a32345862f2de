// Ruth, an admin, makes a pair on her matching board; her other window and one of the two see it happen.
//
// Told by environment: URL of the server. Prints one line of JSON last: the `reasons` for the pair, who was `leftOver` and
// why, what the board `proposes` in the end, and what went wrong in the browser (`foreign`, `errors`).
import { openChromium, required } from './chromium.mjs';
import { Person } from './spa_person.mjs';

const url = required('URL');
const PROGRAM = 'From Kitchen to Market';
const { browser, openWindow, foreign, errors } = await openChromium();
try {
  const [ruth, elsewhere, aroha] = await Promise.all([at('Ruth'), at('Ruth'), at('Aroha')]);
  await ruth.openBoard(PROGRAM);
  await elsewhere.openBoard(PROGRAM);

  const pair = proposal(ruth, 'Aroha Ngata');
  const reasons = await texts(pair.locator('.reasons li'));
  const leftOver = await texts(ruth.page.getByRole('region', { name: 'Left over' }).getByRole('listitem'));

  await ruth.page.getByLabel('A pair for most people').check();
  await pair.waitFor();
  await proposal(ruth, 'João Pereira').getByRole('checkbox').uncheck();
  await ruth.press('Make 1 pair');
  await made(ruth);
  await made(elsewhere);
  await aroha.sees('Priya Raman');
  await proposal(ruth, 'Aroha Ngata').waitFor({ state: 'detached' });

  // What counts less adds less.
  const before = await scoreOf(ruth);
  await ruth.page.getByLabel('Topics that both name').fill('1');
  await ruth.press('Weigh like this');
  await ruth.page.getByText(before, { exact: true }).waitFor({ state: 'detached' });
  const after = await scoreOf(ruth);

  const proposes = await texts(ruth.page.locator('.suggestion strong'));
  console.log(JSON.stringify({ reasons, leftOver, proposes, before, after, foreign, errors }));
} finally {
  await browser.close();
}

async function at(name) {
  const person = await Person.at(url, await openWindow());
  await person.logInWith(`${name.toLowerCase()}@demo.example`, 'demo-demo-demo');
  await person.heading(`Hello, ${name}`);
  return person;
}

function proposal({ page }, name) {
  return page.locator('.suggestion', { hasText: name });
}

function scoreOf(person) {
  return proposal(person, 'João Pereira').locator('.score span').textContent();
}

function made({ page }) {
  const pairs = page.getByRole('region', { name: 'Pairs', exact: true });
  return pairs.getByRole('listitem').filter({ hasText: 'Priya Raman and Aroha Ngata' }).waitFor();
}

async function texts(locator) {
  return (await locator.allTextContents()).map((text) => text.trim());
}
