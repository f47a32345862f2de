// Lints the SDL file named on the command line by the rules that @graphql-eslint recommends and by Relay's.
import { dirname, resolve } from 'node:path';
import graphql from '@graphql-eslint/eslint-plugin';
import { ESLint } from 'eslint';

const { configs, parser } = graphql;
const sdl = resolve(process.argv[2]);

const eslint = new ESLint({
  cwd: dirname(sdl),
  overrideConfigFile: true, // the rules are those below, whatever configuration lies in a folder above
  overrideConfig: {
    files: ['**/*.graphql'],
    languageOptions: { parser, parserOptions: { graphQLConfig: { schema: sdl } } },
    plugins: { '@graphql-eslint': graphql },
    linterOptions: { noInlineConfig: true },
    rules: {
      ...configs['flat/schema-recommended'].rules,
      ...configs['flat/schema-relay'].rules,
      // Relay does not ask that only edges are listed: programTemplates is a plain list.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
      // Not every type has an id: payloads, reasons and settings are read with what they belong to.
      '@graphql-eslint/strict-id-in-types': 'off',
    },
  },
});
const results = await eslint.lintFiles([sdl]);
const { format } = await eslint.loadFormatter('stylish');
console.log(await format(results));
process.exitCode = results.every(({ errorCount, warningCount }) => errorCount + warningCount === 0) ? 0 : 1;
