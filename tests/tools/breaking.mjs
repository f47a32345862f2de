// Compares two SDL files, and tells what breaks clients of the first as lines of JSON: {"path", "message"}.
import { readFile } from 'node:fs/promises';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const [before, after] = await Promise.all(
  process.argv.slice(2).map(async (file) => buildSchema(await readFile(file, 'utf8'))),
);
for (const { criticality, path, message } of await diff(before, after)) {
  if (criticality.level === CriticalityLevel.Breaking) console.log(JSON.stringify({ path, message }));
}
