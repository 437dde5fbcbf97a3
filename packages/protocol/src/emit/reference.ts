import type { ErrorCode } from '../errors.js';
import { header } from '../header.js';
import { type Field, type Model, modelNamed, models, type Shape } from '../model.js';
import type { Operation } from '../operation.js';
import { operations } from '../operations.js';
import { snippets } from './snippets.js';

/** The reference of all operations and types, for people. */
export function reference(): string {
  const named = models.filter((model) => !model.name.endsWith('Params'));
  return [
    header('<!--', ' -->'),
    '# Operations and types\n',
    'Every operation of KoruDelta, the same in every language and on every wire. What each can answer beside its result is in',
    '[the catalogue of errors](../errors/README.md); how calls travel is in [the protocol](../protocol.md).\n',
    '| operation | what it does |\n|---|---|',
    ...operations.map(({ name, summary }) => `| [\`${name}\`](#${name.toLowerCase()}) | ${summary} |`),
    '',
    ...operations.map(operationText),
    '## Types\n',
    ...named.map(typeSection),
  ].join('\n');
}

function operationText(operation: Operation): string {
  const { name, summary, kind, params, result, nullable, errors: codes, example } = operation;
  const fields = modelNamed(params).fields ?? [];
  return [
    `## ${name}\n`,
    `${summary} A ${kind}.\n`,
    fields.length > 0 ? fieldTable(fields) : 'It takes nothing.\n',
    routeText(operation),
    `Answers ${typeLink(result)}${nullable ? ' or null' : ''}.${codes.length > 0 ? ` Errors: ${codes.map(codeLink).join(', ')}.` : ''}\n`,
    'In TypeScript, Python, Go and with curl:\n',
    ...snippets(operation).map(({ language, code }) => `\`\`\`${language}\n${code}\n\`\`\`\n`),
    'On the wire:\n',
    `\`\`\`json\n${JSON.stringify({ jsonrpc: '2.0', id: 1, method: name, params: example })}\n\`\`\`\n`,
  ].join('\n');
}

/** Where people find it over HTTP. */
function routeText({ http, scope }: Operation): string {
  return `Over HTTP: \`${http.method} ${http.path}\`, which needs the scope \`${scope}\` where the server has API keys.\n`;
}

function typeSection(model: Model): string {
  const head = `### ${model.name}\n\n${model.doc}\n`;
  if (!model.fields) return model.shape.is === 'choice' ? `${head}\nOne of ${choices(model.shape.of)}.\n` : head;
  return `${head}\n${fieldTable(model.fields)}`;
}

function fieldTable(fields: readonly Field[]): string {
  const rows = fields.map(({ name, shape, optional, preset, doc }) => {
    const presence = preset === undefined ? (optional ? 'optional' : '') : `default ${preset}`;
    return `| \`${name}\` | ${shapeText(shape)} | ${presence} | ${doc.replaceAll('|', '\\|')} |`;
  });
  return `| member | type | | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function shapeText(shape: Shape): string {
  switch (shape.is) {
    case 'named':
      return typeLink(shape.name);
    case 'list':
      return `list of ${shapeText(shape.of)}`;
    case 'nullable':
      return `${shapeText(shape.of)} or null`;
    case 'choice':
      return choices(shape.of);
    default:
      return shape.is;
  }
}

function choices(of: readonly string[]): string {
  return of.map((one) => `\`${one}\``).join(', ');
}

function typeLink(name: string): string {
  return `[${name}](#${name.toLowerCase()})`;
}

function codeLink(code: ErrorCode): string {
  return `[\`${code}\`](../errors/${code}.md)`;
}
