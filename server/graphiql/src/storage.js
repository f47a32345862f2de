// Where GraphiQL remembers tabs and history between visits: localStorage, which never gets to see an access token.
// GraphiQL itself leaves headers out of the tabs that it stores, but not out of its history.

export const storage = {
  get length() {
    return localStorage.length;
  },
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, withoutHeaders(value)),
  removeItem: (key) => localStorage.removeItem(key),
  clear: () => localStorage.clear(),
};

function withoutHeaders(value) {
  let stored;
  try {
    stored = JSON.parse(value);
  } catch {
    return value; // a plain word, such as the theme's name
  }
  return JSON.stringify(stored, (key, inner) => (key === 'headers' ? null : inner));
}
