// Leila looks for a way out of her match with Ingrid: she asks for help, reports, and in the end ends it.
//
// Told by environment: URL of the server. Prints one line of JSON last: whether she could end it `beforeSure`, where either
// can still write (`fields`), who is among her pairs (`earlier`), and what went wrong in the browser (`foreign`, `errors`).
import { openChromium, required } from './chromium.mjs';
import { Person } from './spa_person.mjs';

const { browser, openWindow, foreign, errors } = await openChromium();
try {
  const [leila, ingrid] = await Promise.all([at('Leila'), at('Ingrid')]);
  await leila.openPair('Ingrid Solheim');
  await ingrid.openPair('Leila Haddad');
  await ingrid.postField.waitFor();

  const dialog = leila.page.getByRole('dialog');
  await leila.press('Get help or end');
  await leila.press('Ask an admin for help');
  await leila.sees('An admin of your group will see that this pair would welcome help.');

  await leila.press('Report Ingrid');
  await dialog.getByLabel('What is it about?').selectOption('Somebody may be in danger');
  await dialog.getByLabel('What happened?').fill('She told me of something that worries me.');
  await dialog.getByLabel("The platform's moderators").check();
  await leila.press('Send the report');
  await leila.sees('If somebody is in danger now, call for help first:');
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await leila.press('Get help or end');
  await leila.press('End this match');
  await dialog.getByLabel('Why?').selectOption('Life got in the way');
  await leila.press('End this match', dialog);
  const beforeSure = await leila.page.getByText('This pair has ended.').count();
  await dialog.getByLabel('Yes, end this match').check();
  await leila.press('End this match', dialog);
  await leila.sees('This pair has ended.');
  await ingrid.sees('This pair has ended.');
  const fields = (await leila.page.getByRole('textbox').count()) + (await ingrid.page.getByRole('textbox').count());

  await leila.page.getByRole('link', { name: 'Mentorship' }).click();
  const over = leila.page.getByRole('region', { name: 'Earlier' });
  await over.getByText('Ingrid Solheim').waitFor();
  const earlier = await over.locator('strong').allTextContents();
  console.log(JSON.stringify({ beforeSure, fields, earlier, foreign, errors }));
} finally {
  await browser.close();
}

async function at(name) {
  const person = await Person.at(required('URL'), await openWindow());
  await person.logInWith(`${name.toLowerCase()}@demo.example`, 'demo-demo-demo');
  await person.heading(`Hello, ${name}`);
  return person;
}
