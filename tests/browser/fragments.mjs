// Puts fragments of HTML into a page in the ways in which clients do, touches everything in it, and says what came of it.
//
// Told by environment: FRAGMENTS, the path of a JSON list of strings. Prints one line of JSON last: how many scripts ran
// (`ran`; `ranInTheControl` for a fragment that is no good), what was `requested`, what went wrong (`errors`), how many
// `elements` there were, of which `tags`, and the `protocols` that links lead to.
import { readFileSync } from 'node:fs';
import { openChromium, required } from './chromium.mjs';

const BAD = '<img src="data:," onerror="alert(1)"><a href="javascript:alert(1)">x</a>';
const SETTLE_MS = 500;

const fragments = JSON.parse(readFileSync(required('FRAGMENTS'), 'utf8'));
const { browser, context, errors } = await openChromium();
try {
  // Two ways: the server wrote the page, or a script put the fragments into it.
  const wrapped = fragments.map((fragment) => `<div>${fragment}</div>`).join('');
  const written = await show(wrapped, []);
  const inserted = await show('', fragments);
  const seen = [...errors];
  const control = await show('', [BAD]);
  console.log(
    JSON.stringify({
      ran: written.ran + inserted.ran,
      ranInTheControl: control.ran,
      requested: [...written.requested, ...inserted.requested],
      errors: seen,
      elements: inserted.elements,
      tags: [...new Set([...written.tags, ...inserted.tags])],
      protocols: [...new Set([...written.protocols, ...inserted.protocols])],
    }),
  );
} finally {
  await browser.close();
}

/** A page with this HTML in its body, and these fragments put in by a script; what came of it. */
async function show(html, inserted) {
  const page = await context.newPage();
  const requested = [];
  page.on('request', (request) => requested.push(request.url()));
  await page.addInitScript(() => {
    window.ran = 0;
    for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => window.ran++;
  });
  await page.goto('about:blank');
  await page.setContent(`<!DOCTYPE html><body><main id="here">${html}</main></body>`);
  const told = await page.evaluate(
    async ([list, milliseconds]) => {
      const here = document.getElementById('here');
      for (const fragment of list) {
        const element = document.createElement('div');
        here.append(element);
        element.innerHTML = fragment;
        element.innerHTML = element.innerHTML; // once more, since some fragments change when they are read again
      }
      for (const element of here.querySelectorAll('*')) {
        for (const name of ['mouseover', 'focus', 'toggle', 'load', 'error']) element.dispatchEvent(new Event(name));
        const leads = element.protocol;
        if (leads && !leads.startsWith('http') && leads !== 'mailto:') element.click();
      }
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      const elements = [...here.querySelectorAll('*')];
      return {
        ran: window.ran,
        elements: elements.length,
        tags: elements.map((element) => element.tagName).filter((name) => name !== 'DIV'),
        protocols: elements.filter((element) => element.hasAttribute('href')).map((element) => element.protocol),
      };
    },
    [inserted, SETTLE_MS],
  );
  await page.close();
  return { ...told, tags: [...new Set(told.tags)], requested: requested.filter((url) => url !== 'about:blank') };
}
