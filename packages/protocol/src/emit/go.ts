import { errors } from '../errors.js';
import { header } from '../header.js';
import { type Field, type Model, modelNamed, models, type Shape } from '../model.js';
import type { Operation } from '../operation.js';
import { operations } from '../operations.js';
import { pascal } from '../words.js';

/*
 * The dull parts of the Go client. Names on the wire that are texts are plain strings in Go, null is the zero value, and
 * what is written by hand (`Value`, `Guard`, `Error`) is only referred to.
 */

/** Named types that Go has by other means than a declaration of their shape. */
const native: Readonly<Record<string, string>> = {
  Value: 'Value',
  Timestamp: 'time.Time',
  IfVersion: 'Guard',
  ErrorCode: 'Code',
  ErrorRecord: '*Error',
};

/** Types of streams that the client writes and reads piece by piece. */
const streamed = new Set(
  operations
    .filter(({ kind }) => kind === 'stream')
    .flatMap(({ params, result, http }) => (http.body === 'lines' ? [params] : [params, result])),
);

/** What operations take and answer. */
export function goTypes(): string {
  const declared = models.filter(
    ({ name, fields, shape }) => !(name in native || streamed.has(name)) && (fields || shape.is === 'list'),
  );
  return file(['time'], declared.map(declaration));
}

function declaration(model: Model): string {
  const doc = comment(`${model.name}: ${lowered(model.doc)}`);
  if (!model.fields) return `${doc}type ${model.name} ${typeText(model.shape)}\n`;
  const fields = model.fields.map((field) => member(field, model.closed));
  return `${doc}type ${model.name} struct {\n${fields.join('')}}\n`;
}

function member({ name, shape, optional, preset, doc }: Field, isParams: boolean): string {
  const zero = shape.is === 'nullable' ? ' Zero for null.' : '';
  const text = preset === undefined || preset === false ? `${doc}${zero}` : `${doc} Default: ${preset}.`;
  const type = typeText(shape);
  const tag = optional ? `${name},${isZeroable(shape) ? 'omitzero' : 'omitempty'}` : name;
  return `${comment(text)}${field(name)} ${isPointed(shape, optional, preset, isParams) ? '*' : ''}${type} \`json:"${tag}"\`\n`;
}

/** Whether absent must be told from the zero value, or costs less as a pointer. */
function isPointed(shape: Shape, optional: boolean, preset: Field['preset'], isParams: boolean): boolean {
  if (!optional) return false;
  if (shape.is === 'integer') return !isParams;
  if (shape.is === 'boolean') return preset === true;
  return shape.is === 'named' && !(shape.name in native) && modelNamed(shape.name).fields !== undefined;
}

function isZeroable(shape: Shape): boolean {
  return shape.is === 'named' && (shape.name === 'IfVersion' || shape.name === 'Timestamp');
}

function typeText(shape: Shape): string {
  switch (shape.is) {
    case 'named':
      return native[shape.name] ?? namedText(modelNamed(shape.name));
    case 'text':
    case 'choice':
      return 'string';
    case 'integer':
      return 'int64';
    case 'boolean':
    case 'true':
      return 'bool';
    case 'any':
      return 'Value';
    case 'list':
      return `[]${typeText(shape.of)}`;
    case 'nullable':
      return typeText(shape.of);
  }
}

function namedText(model: Model): string {
  return model.fields || model.shape.is === 'list' ? model.name : typeText(model.shape);
}

/** The codes as constants that are errors themselves, and what is always the same of each. */
export function goErrors(): string {
  const codes = Object.entries(errors).map(
    ([code, { meaning }]) => `${comment(meaning)}${constant(code)} Code = "${code}"\n`,
  );
  const rows = Object.entries(errors).map(
    ([code, { title, retryable, http, exit }]) =>
      `${constant(code)}: {title: ${JSON.stringify(title)}, retryable: ${retryable}, httpStatus: ${http}, exitCode: ${exit}},\n`,
  );
  return file(
    [],
    [
      `${comment('Every kind of failure that this version knows. Compare with errors.Is.')}const (\n${codes.join('')})\n`,
      `${comment('What is always the same of a failure.')}var catalogue = map[Code]constant{\n${rows.join('')}}\n`,
    ],
  );
}

/** A method for each operation that is one call, and what a carrier must know of each. */
export function goOperations(): string {
  const calls = operations.filter(({ kind }) => kind !== 'stream');
  const reads = operations.filter(({ kind }) => kind === 'read').map(({ name }) => `"${name}": true,\n`);
  const streams = operations
    .filter(({ kind, http }) => kind === 'stream' && http.answer !== 'events')
    .map(({ name, http }) => `"${name}": {method: "${http.method}", path: "${http.path}"},\n`);
  return file(
    ['context'],
    [
      `${comment('readOps are the operations that change nothing, and may be repeated at any time.')}var readOps = map[string]bool{\n${reads.join('')}}\n`,
      `${comment('streamRoutes are the routes of what carries lines over HTTP.')}var streamRoutes = map[string]route{\n${streams.join('')}}\n`,
      ...calls.map(method),
    ],
  );
}

function method({ name, summary, params, result, nullable }: Operation): string {
  const doc = comment(`${pascal(name)} calls ${name}: ${lowered(summary)}`);
  const type = nullable ? `*${result}` : result;
  return `${doc}func (o Operations) ${pascal(name)}(ctx context.Context, params ${params}) (${type}, error) {\nvar result ${type}\nerr := o.db.Call(ctx, "${name}", params, &result)\nreturn result, err\n}\n`;
}

function file(imports: readonly string[], parts: readonly string[]): string {
  const imported = imports.map((path) => `import "${path}"\n\n`).join('');
  const mark = '// Code generated from packages/protocol; DO NOT EDIT.\n';
  return `${header('//')}${mark}\npackage koru\n\n${imported}${parts.join('\n')}`;
}

/** The name of a field, with the initialisms that Go writes in capitals. */
function field(name: string): string {
  return pascal(name).replace(/^Ok$/, 'OK').replace(/Id$/, 'ID').replace(/^Http/, 'HTTP').replace(/Ms$/, 'MS');
}

/** The name of a code. */
function constant(code: string): string {
  return `Err${pascal(code).replace('Json', 'JSON').replace('Io', 'IO')}`;
}

/** A sentence that goes on behind a colon; names and formats keep their capitals. */
function lowered(text: string): string {
  return /^[A-Z][a-z]* /.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function comment(text: string): string {
  return text === '' ? '' : `// ${text}\n`;
}
