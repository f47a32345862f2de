// Somebody who uses the reference app in a window, in that person's terms: log in, post, comment, and read what is there.

const PATIENCE_MS = 60_000; // for machines that are slow; nothing here waits that long by itself

export class Person {
  constructor(page) {
    this.page = page;
  }

  /** Opens the app in a window, in front of its door. */
  static async at(url, context) {
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    return new Person(page);
  }

  /** Logs in as one of the people whom the door proposes. */
  async logIn(name) {
    await this.press(new RegExp(`^${name},`));
    await this.press('Log in');
    await this.heading(`Hello, ${name}`);
  }

  async logInWith(email, password) {
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.press('Log in');
  }

  async openPair(partner) {
    await this.page.getByRole('link', { name: partner }).click();
    await this.heading(partner);
  }

  async openBoard(program) {
    await this.page.getByRole('link', { name: program }).click();
    await this.heading(program);
  }

  heading(name) {
    return this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  async press(name, within = this.page) {
    await within.getByRole('button', { name, exact: typeof name === 'string' }).click();
  }

  async openTab(name) {
    await this.page.getByRole('tab', { name }).click();
  }

  get postField() {
    return this.page.getByLabel(/^Post something/);
  }

  get messageField() {
    return this.page.getByLabel(/^Message to/);
  }

  async post(body) {
    await this.openTab('Thread');
    await this.postField.fill(body);
    await this.press('Post');
  }

  async message(body) {
    await this.openTab(/^Messages/);
    await this.messageField.fill(body);
    await this.press('Send');
  }

  async comment(post, body) {
    await this.openTab('Thread');
    const article = this.article(post);
    await this.press('Comment', article);
    await article.getByLabel('Your comment').fill(body);
    await this.press('Comment', article);
  }

  async react(post, name) {
    const article = this.article(post);
    await article.getByRole('button', { name: 'React', exact: true }).first().click();
    await article.getByRole('button', { name, exact: true }).click();
  }

  async completeStep(title) {
    await this.press('I have done this', this.step(title));
  }

  async answerCheckIn(mood, body) {
    const section = this.page.getByRole('region', { name: 'Weekly check-in' });
    await section.getByText(mood, { exact: true }).click();
    await section.getByLabel('More about it').fill(body);
    await this.press('Answer', section);
  }

  article(text) {
    return this.page.getByRole('article').filter({ hasText: text });
  }

  step(title) {
    return this.page.getByRole('listitem').filter({ has: this.page.getByText(title, { exact: true }) });
  }

  /** What tells that the partner has seen a message of one's own. */
  seen(message) {
    return this.page.locator('.bubble', { hasText: message }).getByText('Seen', { exact: true });
  }

  /** Waits until a text stands somewhere in the window. */
  async sees(text) {
    await this.page.getByText(text).first().waitFor();
  }

  async seesStep(title, state) {
    await this.step(title).getByText(state, { exact: true }).waitFor();
  }

  /** Waits until the server has taken all that was written. */
  async allSent() {
    await this.page.waitForFunction(() =>
      Object.entries(localStorage).every(([key, kept]) => !key.endsWith('.outbox') || kept === '[]'),
    );
  }

  /** All posts in their order, the newest first; also while another tab is open. */
  async posts() {
    return this.page.locator('article').evaluateAll((articles) =>
      articles.map((article) => article.querySelector(':scope > .words')?.textContent.trim() ?? ''),
    );
  }

  /** All comments under a post. */
  async commentsOn(post) {
    return this.page
      .locator('article', { hasText: post })
      .locator('.comment .words')
      .evaluateAll((all) => all.map((each) => each.textContent.trim()));
  }

  /** All messages, the newest last. */
  async messages() {
    return this.page.locator('.bubble .words').evaluateAll((all) => all.map((each) => each.textContent.trim()));
  }
}
