// A person's login in an app: an access token that is good for a while, and a refresh token that gets the next one.

const REFRESH = `mutation Refresh($input: RefreshSessionInput!) {
  refreshSession(input: $input) { session { accessToken refreshToken } errors { code message } }
}`;

export class Login {
  #refreshing;
  #stale = false;

  constructor(endpoint, { accessToken, refreshToken }, onRefresh) {
    this.endpoint = endpoint;
    this.accessToken = accessToken;
    this.refreshToken = refreshToken;
    this.onRefresh = onRefresh;
  }

  /** The server said that the access token is over. */
  ended() {
    this.#stale = true;
  }

  /** What goes into Authorization, with a new token where the old one has ended. */
  async authorization() {
    if (this.#stale) {
      this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
      await this.#refreshing;
    }
    return `Bearer ${this.accessToken}`;
  }

  async #refresh() {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: REFRESH, variables: { input: { refreshToken: this.refreshToken } } }),
    });
    const { data } = await response.json();
    const { session, errors } = data.refreshSession;
    if (!session) throw new Error(`no new token: ${JSON.stringify(errors)}`);
    this.accessToken = session.accessToken;
    this.refreshToken = session.refreshToken;
    this.#stale = false;
    this.onRefresh();
  }
}
