// Puts the server at ENDPOINT through the audits of graphql-http, and tells what came of each as a line of JSON.
import { serverAudits } from 'graphql-http';

for (const { id, name, fn } of serverAudits({ url: process.env.ENDPOINT })) {
  const { status, reason } = await fn();
  console.log(JSON.stringify({ id, name, status, reason }));
}
