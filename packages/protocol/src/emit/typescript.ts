import { errors } from '../errors.js';
import { header } from '../header.js';
import { type Model, modelNamed, models, type Shape } from '../model.js';
import { operations } from '../operations.js';

/** The types, the catalogue of failures and the table of operations for the TypeScript packages. */
export function typescript(): string {
  return [
    header('//'),
    ...models.filter(({ name }) => name !== 'ErrorCode').map(declaration),
    errorCodes(),
    catalogue(),
    table(),
  ].join('\n');
}

function declaration(model: Model): string {
  const doc = comment(model.doc);
  if (!model.fields) return `${doc}export type ${model.name} = ${typeText(model.shape)};\n`;
  const fields = model.fields.map(({ name, shape, optional, preset, doc }) => {
    const text = preset === undefined ? doc : `${doc} ${presetText(preset)}`;
    const mark = optional ? '?' : '';
    return `${comment(text, '  ')}  readonly ${name}${mark}: ${typeText(shape)}${optional ? ' | undefined' : ''};\n`;
  });
  if (fields.length === 0) return `${doc}export type ${model.name} = Record<string, never>;\n`;
  const open = model.name === 'ErrorRecord' ? '  readonly [fact: string]: unknown;\n' : '';
  return `${doc}export interface ${model.name} {\n${fields.join('')}${open}}\n`;
}

function presetText(preset: boolean | number): string {
  return `Default: ${typeof preset === 'number' ? preset.toLocaleString('en') : preset}.`;
}

function typeText(shape: Shape): string {
  switch (shape.is) {
    case 'named':
      return shape.name;
    case 'text':
      return 'string';
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'true':
      return 'true';
    case 'any':
      return 'unknown';
    case 'choice':
      return shape.of.map((one) => `'${one}'`).join(' | ');
    case 'list':
      return `readonly ${typeText(shape.of)}[]`;
    case 'nullable':
      return `${typeText(shape.of)} | null`;
  }
}

function errorCodes(): string {
  return `${comment('Every kind of failure that this version knows.')}export type ErrorCode = keyof typeof catalogue;\n`;
}

function catalogue(): string {
  const rows = Object.entries(errors).map(([code, { meaning, title, retryable, http, exit }]) => {
    const members = `title: ${quoted(title)}, retryable: ${retryable}, httpStatus: ${http}, exitCode: ${exit}`;
    return `${comment(meaning, '  ')}  ${code}: { ${members} },\n`;
  });
  return `${comment('What is always the same of a failure.')}export const catalogue = {\n${rows.join('')}} as const;\n`;
}

/** What a server needs of each operation, so that a new one has its route without a line of code. */
function table(): string {
  const rows = operations.map(({ name, kind, scope, summary, params, http }) => {
    const fields = (modelNamed(params).fields ?? []).map((field) => `${field.name}: '${queried(field.shape)}'`);
    const route = Object.entries(http).map(([member, value]) => `${member}: '${value}'`);
    return `${comment(summary, '  ')}  ${name}: { kind: '${kind}', scope: '${scope}', params: { ${fields.join(', ')} }, http: { ${route.join(', ')} } },\n`;
  });
  const types = operations.map(
    ({ name, params, result, nullable }) =>
      `  ${name}: { params: ${params}; result: ${result}${nullable ? ' | null' : ''} };\n`,
  );
  return [
    `${comment('The operations: what each is, who may call it, what it takes and its route.')}export const operations = {\n${rows.join('')}} as const;\n`,
    `${comment('What each operation takes and answers.')}export interface Operations {\n${types.join('')}}\n`,
  ].join('\n');
}

/** How a member is read out of the query of an address. */
function queried(shape: Shape): string {
  if (shape.is === 'integer' || shape.is === 'boolean' || shape.is === 'text') return shape.is;
  const target = shape.is === 'named' ? modelNamed(shape.name) : undefined;
  if (shape.is === 'choice' || (target && !target.fields && target.shape.is === 'text')) return 'text';
  return 'json';
}

function quoted(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}

function comment(text: string, indent = ''): string {
  return text === '' ? '' : `${indent}/** ${text} */\n`;
}
