// Tom in the reference app without a mouse: from the door to a message, a comment, the help dialog and back.
//
// Told by environment: URL of the server. Prints one line of JSON last: what he had the focus on, in order (`stops`), which
// of them did not show it (`unseen`), and what went wrong in the browser (`foreign`, `errors`).
import { openChromium, required } from './chromium.mjs';
import { Person } from './spa_person.mjs';

const FAR = 120;

const { browser, context, foreign, errors } = await openChromium();
const stops = [];
const unseen = [];
try {
  const tom = await Person.at(required('URL'), context);
  const { page } = tom;
  const { keyboard } = page;

  await reach(page, 'E-mail');
  await keyboard.type('tom@demo.example');
  await reach(page, 'Password');
  await keyboard.type('demo-demo-demo');
  await keyboard.press('Enter');
  await tom.heading('Hello, Tom');

  const focusAfterLogIn = (await focused(page)).name;
  await reach(page, /Maya Fernandes/);
  await keyboard.press('Enter');
  await tom.heading('Maya Fernandes');
  const focusAfterLink = (await focused(page)).name;

  await reach(page, 'Thread');
  await keyboard.press('ArrowRight');
  await reach(page, 'Message to Maya');
  await keyboard.type('Without a mouse.');
  await keyboard.press('Enter');
  await tom.page.locator('.bubble', { hasText: 'Without a mouse.' }).last().waitFor();
  await tom.allSent();

  await reach(page, 'Messages', 'Shift+Tab');
  await keyboard.press('ArrowLeft');
  await reach(page, 'Comment');
  await keyboard.press('Enter');
  await page.getByLabel('Your comment').waitFor();
  await keyboard.type('From the keyboard.');
  await keyboard.press('Control+Enter');
  await tom.page.locator('.comment', { hasText: 'From the keyboard.' }).last().waitFor();

  await reach(page, 'React');
  await keyboard.press('Enter');
  await reach(page, 'heart');
  await keyboard.press('Enter');
  await tom.page.getByRole('button', { name: 'heart, by Tom Whitaker' }).first().waitFor();

  await reach(page, 'Get help or end', 'Shift+Tab');
  await keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await reach(page, 'End this match');
  await keyboard.press('Enter');
  await reach(page, 'Why?');
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  const focusAfterDialog = (await focused(page)).name;
  console.log(JSON.stringify({ stops, unseen, focusAfterLogIn, focusAfterLink, focusAfterDialog, foreign, errors }));
} finally {
  await browser.close();
}

/** Goes on by a key until the focus is on what has this name. Fails after a long way. */
async function reach(page, name, key = 'Tab') {
  const passed = [];
  for (let step = 0; step < FAR; step++) {
    await page.keyboard.press(key);
    const stop = await focused(page);
    if (stop.name && !stop.shown) unseen.push(stop.name);
    if (typeof name === 'string' ? stop.name === name : name.test(stop.name)) {
      stops.push(stop.name);
      return;
    }
    passed.push(stop.name);
  }
  throw new Error(`${key} never led to ${name}; it led to: ${passed.join(' | ')}`);
}

/** What has the focus: its name, as far as this app's parts have one, and whether an outline shows it. */
async function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { name: '', shown: true };
    const label = element.labels?.[0]?.textContent;
    const name = element.getAttribute('aria-label') ?? label ?? element.textContent;
    // A picture of the choice stands for a radio button, and shows the focus in its stead.
    const { outlineStyle } = getComputedStyle(element.closest('label') ?? element);
    return { name: name.trim().replace(/\s+/g, ' '), shown: outlineStyle !== 'none' };
  });
}
