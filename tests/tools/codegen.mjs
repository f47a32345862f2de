// Generates typed documents as apps do, with the client preset: from SCHEMA and the documents in DOCUMENTS, into OUT.
import { generate } from '@graphql-codegen/cli';

const { SCHEMA, DOCUMENTS, OUT } = process.env;

await generate(
  {
    schema: SCHEMA,
    documents: `${DOCUMENTS}/*.graphql`,
    generates: {
      [`${OUT}/`]: {
        preset: 'client',
        config: {
          strictScalars: true,
          scalars: { Date: 'string', DateTime: 'string', HTML: 'string', Markdown: 'string' },
          useTypeImports: true,
        },
      },
    },
    silent: true,
  },
  true,
);
