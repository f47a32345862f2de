// GraphiQL in a browser window, in a person's terms: choose a tab, type into an editor, press a button, read the answer.

const ANSWER_MS = 20_000;
const LOOK_MS = 150;
const TRIES = 60;

export class GraphiQLPage {
  constructor(page) {
    this.page = page;
  }

  static async open(context, url) {
    const page = await context.newPage();
    await page.goto(`${url}/graphql`);
    const opened = new GraphiQLPage(page);
    await opened.editor('Operation Editor').waitFor();
    return opened;
  }

  /** Runs the first tab's mutation as somebody, typed over what stands there; what `logIn` answered. Fails on a refusal. */
  async logIn(email, password) {
    await this.chooseTab('LogIn');
    await this.fill(
      this.editor('Operation Editor'),
      `mutation LogIn {
        logIn(input: { email: "${email}", password: "${password}" }) {
          session { accessToken } user { name } errors { code message }
        }
      }`,
    );
    const { logIn } = await this.execute();
    if (!logIn.session) throw new Error(`${email} could not log in: ${JSON.stringify(logIn.errors)}`);
    return logIn;
  }

  /** Writes a post in the tab for it; what `createPost` answered. */
  async writePost(matchId, body) {
    await this.chooseTab('WritePost');
    await this.fillVariables({ matchId, body });
    const { createPost } = await this.execute((data) => data.createPost?.post?.body === body);
    return createPost;
  }

  /** Becomes somebody of the demo with one click; waits until it is so. */
  async be(name) {
    await this.page.getByRole('radio', { name }).click();
    await this.#is(name);
  }

  /** The same by keyboard: into the panel, and down its list. */
  async beByKeyboard(name) {
    await this.#tabTo(this.page.getByRole('radio', { name: 'Nobody' }));
    const wanted = this.page.getByRole('radio', { name });
    for (let tries = 0; !(await isFocused(wanted)); tries++) {
      if (tries > TRIES) throw new Error(`No arrow leads to ${name}`);
      await this.page.keyboard.press('ArrowDown');
    }
    await this.#is(name);
  }

  async #is(name) {
    const who = this.page.locator('.mentorship-who');
    if (name === 'Nobody') await who.waitFor({ state: 'detached' });
    else await who.filter({ hasText: name }).waitFor();
  }

  /** Opens a saved example, and waits until it stands in the editor. */
  async openExample(title) {
    const group = this.page.locator('details').filter({ hasText: title });
    if (!(await group.evaluate((element) => element.open))) await group.locator('summary').click();
    await this.page.getByRole('button', { name: title }).click();
    await this.#shows(title);
  }

  async openExampleByKeyboard(title) {
    await this.#tabTo(this.page.getByRole('button', { name: title }));
    await this.page.keyboard.press('Enter');
    await this.#shows(title);
  }

  async #shows(title) {
    await this.editor('Operation Editor').locator('.view-line', { hasText: title }).waitFor();
  }

  async #tabTo(target) {
    await target.waitFor();
    for (let tries = 0; !(await isFocused(target)); tries++) {
      if (tries > TRIES) throw new Error(`Tab does not lead to ${target}`);
      await this.page.keyboard.press('Tab');
    }
  }

  async startByKeyboard() {
    await this.page.keyboard.press('Control+Enter');
    await this.page.getByRole('button', { name: /^Stop query/ }).waitFor();
  }

  /** Writes a post with the variables that the example came with, but for its text; what `createPost` answered. */
  async writePostHere(body) {
    const { matchId } = JSON.parse(await this.copy(this.editor('Variables')));
    await this.fill(this.editor('Variables'), JSON.stringify({ matchId, body }, null, 2));
    const { createPost } = await this.execute((data) => data.createPost?.post?.body === body);
    return createPost;
  }

  /** Waits until the answer is an error; its message. */
  async waitForRefusal() {
    const shown = this.page.locator('.graphiql-response .view-line', { hasText: '"message"' }).first();
    await shown.waitFor();
    return (await shown.innerText()).replaceAll('\u00a0', ' ');
  }

  /** Brings a tab to the front by its title. */
  async chooseTab(title) {
    await this.page.getByRole('tab', { name: title }).click();
    await this.page.locator(`[role=tab][aria-selected=true]`, { hasText: title }).waitFor();
  }

  async fillHeaders(headers) {
    await this.page.locator('.graphiql-editor-tools').getByRole('button', { name: 'Headers' }).click();
    await this.fill(this.editor('Headers'), JSON.stringify(headers, null, 2));
  }

  async fillVariables(variables) {
    await this.page.locator('.graphiql-editor-tools').getByRole('button', { name: 'Variables' }).click();
    await this.fill(this.editor('Variables'), JSON.stringify(variables, null, 2));
  }

  async press(name) {
    await this.page.getByRole('button', { name }).click();
  }

  /** Presses the round button and leaves it running. */
  async start() {
    await this.press(/^Execute query/);
    await this.page.getByRole('button', { name: /^Stop query/ }).waitFor();
  }

  /** Presses the round button and reads the data of the answer that `isIt` knows. Fails on GraphQL errors. */
  async execute(isIt = () => true) {
    await this.press(/^Execute query/);
    return this.answer(isIt);
  }

  /** The data of the event that carries this text. */
  async waitForEvent(text, milliseconds = ANSWER_MS) {
    return this.answer((data) => JSON.stringify(data).includes(JSON.stringify(text)), milliseconds);
  }

  /** Waits for a note under the answer. */
  async waitForNote(text) {
    await this.page.getByRole('status').filter({ hasText: text }).waitFor();
  }

  async answer(isIt, milliseconds = ANSWER_MS) {
    const until = Date.now() + milliseconds;
    let said = '';
    while (Date.now() < until) {
      said = await this.copy(this.page.locator('.graphiql-response .monaco-editor').first());
      const result = tryJson(said);
      if (result?.errors) throw new Error(`GraphiQL shows errors: ${said}`);
      if (result?.data && isIt(result.data)) return result.data;
      await this.page.waitForTimeout(LOOK_MS);
    }
    throw new Error(`GraphiQL shows no such answer after ${milliseconds} ms; it shows: ${said}`);
  }

  /** A picture of the window, with nothing selected in it. */
  async show(path) {
    await this.page.keyboard.press('Control+Home');
    await this.page.screenshot({ path });
  }

  /** The keys of the browser's storage whose value contains a text. */
  async storedWith(text) {
    return this.page.evaluate(
      (sought) => Object.keys(localStorage).filter((key) => localStorage.getItem(key).includes(sought)),
      text,
    );
  }

  editor(label) {
    return this.page.locator(`section[aria-label="${label}"] .monaco-editor:visible`).first();
  }

  /** Replaces what an editor holds by one paste, as nobody types a token. */
  async fill(editor, text) {
    await editor.click();
    await this.page.keyboard.press('Control+A');
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await this.page.keyboard.press('Control+V');
  }

  /** What an editor holds, whole: editors draw only the lines in sight, so it is copied out. */
  async copy(editor) {
    await editor.click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Control+C');
    return this.page.evaluate(() => navigator.clipboard.readText());
  }
}

async function isFocused(target) {
  return target.evaluate((element) => element === document.activeElement);
}

function tryJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
