import { coverage } from './emit/coverage.js';
import { codes, errorIndex, errorPage } from './emit/error-pages.js';
import { goErrors, goOperations, goTypes } from './emit/go.js';
import { jsonSchema } from './emit/json-schema.js';
import { openapi } from './emit/openapi.js';
import { python } from './emit/python.js';
import { pythonAsyncClient, pythonClient } from './emit/python-client.js';
import { reference } from './emit/reference.js';
import { rustErrors } from './emit/rust-errors.js';
import { rustParams } from './emit/rust-params.js';
import { typescript } from './emit/typescript.js';

/** A file that is made from the table. */
export interface Output {
  /** From the root of the repository. */
  readonly path: string;
  text(): string;
  /** A formatter that has the last word about the text. */
  readonly formatter?: readonly string[];
}

function biome(extension: string): readonly string[] {
  return ['node_modules/.bin/biome', 'format', `--stdin-file-path=generated.${extension}`];
}

/** Everything that is made from the table. */
export const outputs: readonly Output[] = [
  {
    path: 'packages/koru-delta/src/protocol.ts',
    text: typescript,
    formatter: biome('ts'),
  },
  { path: 'packages/engine/src/code/catalogue.rs', text: rustErrors },
  {
    path: 'packages/engine/src/door/params.rs',
    text: rustParams,
    formatter: ['rustfmt', '--edition', '2024', '--config-path', 'rustfmt.toml'],
  },
  { path: 'bindings/go/types_gen.go', text: goTypes, formatter: ['gofmt'] },
  { path: 'bindings/go/errors_gen.go', text: goErrors, formatter: ['gofmt'] },
  { path: 'bindings/go/operations_gen.go', text: goOperations, formatter: ['gofmt'] },
  { path: 'bindings/python/src/koru_delta/_generated.py', text: python },
  { path: 'bindings/python/src/koru_delta/_client.py', text: pythonClient },
  { path: 'bindings/python/src/koru_delta/_async_client.py', text: pythonAsyncClient },
  { path: 'docs/reference/protocol.schema.json', text: jsonSchema, formatter: biome('json') },
  { path: 'docs/reference/openapi.json', text: openapi, formatter: biome('json') },
  // The server carries its own.
  { path: 'packages/server/src/openapi.json', text: openapi, formatter: biome('json') },
  { path: 'docs/reference/operations.md', text: reference },
  { path: 'docs/reference/coverage.md', text: coverage },
  { path: 'docs/errors/README.md', text: errorIndex },
  ...codes.map((code) => ({ path: `docs/errors/${code}.md`, text: () => errorPage(code) })),
];
