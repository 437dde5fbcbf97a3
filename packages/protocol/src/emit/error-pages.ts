import { type ErrorCode, errors, type Failure } from '../errors.js';
import { facts } from '../facts.js';
import { header } from '../header.js';
import { operations } from '../operations.js';

/** The codes of all failures. */
export const codes = Object.keys(errors) as ErrorCode[];

/** The list of all pages. */
export function errorIndex(): string {
  const rows = codes.map((code) => {
    const { meaning, http, exit, retryable } = errors[code];
    return `| [\`${code}\`](${code}.md) | ${meaning} | ${http} | ${exit} | ${retryable ? 'yes' : ''} |`;
  });
  return [
    header('<!--', ' -->'),
    '# Errors\n',
    'Every failure carries a code that never changes its meaning, a title, a detail, what was probably meant, and what to do',
    'next. A program looks at the code and at the facts beside it; the texts are for people and may change.\n',
    '| code | what it means | HTTP status | exit code | may be tried again |\n|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** The page that the record of a failure links to. */
export function errorPage(code: ErrorCode): string {
  const { title, meaning, remedy, http, exit, retryable, side }: Failure = errors[code];
  return [
    header('<!--', ' -->'),
    `# ${code}\n`,
    `**${title}.** ${meaning}\n`,
    '## What to do\n',
    `${remedy}\n`,
    `${sides[side]} HTTP status ${http}, exit code ${exit}, ${retryable ? 'may succeed when tried again' : 'not to be tried again unchanged'}.\n`,
    ...factTable(code),
    '## An example\n',
    `\`\`\`json\n${JSON.stringify(example(code), null, 2)}\n\`\`\`\n`,
    ...answeredBy(code),
    'All codes are in [the list of errors](README.md).\n',
  ].join('\n');
}

const sides = {
  engine: 'Found by the engine, wherever it runs.',
  server: 'Found by the server.',
  client: 'Found by the client.',
};

function factTable(code: ErrorCode): string[] {
  const found = Object.entries(facts[code]?.facts ?? {});
  if (found.length === 0) return [];
  const rows = found.map(([name, { says }]) => `| \`${name}\` | ${says} |`);
  return ['## Its facts\n', `| member | what it says |\n|---|---|\n${rows.join('\n')}\n`];
}

function example(code: ErrorCode): object {
  const { title, meaning, retryable, exit, http }: Failure = errors[code];
  const { detail = meaning, facts: found = {} } = facts[code] ?? {};
  return {
    code,
    title,
    detail,
    suggestions: [],
    hints: [],
    retryable,
    exitCode: exit,
    httpStatus: http,
    docs: `https://korudelta.io/errors/${code}`,
    ...Object.fromEntries(Object.entries(found).map(([name, { example }]) => [name, example])),
  };
}

function answeredBy(code: ErrorCode): string[] {
  const found = operations.filter((operation) => operation.errors.includes(code));
  if (found.length === 0) return [];
  const links = found.map(({ name }) => `[\`${name}\`](../reference/operations.md#${name.toLowerCase()})`);
  return [`Answered by ${links.join(', ')}.\n`];
}
