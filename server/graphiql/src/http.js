// One operation over HTTP, and its answer, whatever the server says.

/** Sends a request with headers of one's own. Gives the result; an answer that is none becomes its error. */
export async function ask(request, headers) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `The server answered ${response.status}: ${text.slice(0, 500)}` }] };
  }
}
