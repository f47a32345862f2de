// The Headers editor's contents, as HTTP wants them and as connection_init wants them.

/** The header's value whatever the case of its name; undefined when there is none. */
export function authorization(headers) {
  const name = Object.keys(headers ?? {}).find((key) => key.toLowerCase() === 'authorization');
  return name && headers[name];
}

/** What stands in the Headers editor now. A subscription outlives its first connection: the next one asks here. */
export const latestHeaders = {
  text: null,
  remember(text) {
    latestHeaders.text = text;
  },
  /** The headers now, or those given while nothing was edited or while what was typed is not JSON yet. */
  or(headers) {
    try {
      return latestHeaders.text === null ? headers : JSON.parse(latestHeaders.text || '{}');
    } catch {
      return headers;
    }
  },
};
