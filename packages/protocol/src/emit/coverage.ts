import { type Counterpart, type Named, named, rustOnly } from '../clients.js';
import { header } from '../header.js';
import { operations } from '../operations.js';
import { pascal, snake } from '../words.js';

/** A client that has methods of its own. */
export type Language = 'typescript' | 'python' | 'go';

/** What every public method of the engine in Rust is in the other languages. */
export const counterparts: Readonly<Record<string, Counterpart>> = {
  ...rustOnly,
  ...Object.fromEntries(Object.values(named).map(({ rust, ...others }) => [rust, others])),
};

/** Which client has which operation, and by what name. */
export function coverage(): string {
  const rows = operations.map(({ name, http }) => {
    const { rust, typescript, python, go, kdelta } = nameOf(name);
    const methods = [rust, typescript, python, go].map((method) => `\`${method}\``);
    const command = typeof kdelta === 'string' ? `\`kdelta ${kdelta}\`` : kdelta.none;
    const link = `[\`${name}\`](operations.md#${name.toLowerCase()})`;
    return `| ${[link, ...methods, command, `\`${http.method} ${http.path}\``].join(' | ')} |`;
  });
  const methods = Object.entries(counterparts).map(([rust, counterpart]) =>
    typeof counterpart === 'string'
      ? `| \`${rust}\` | ${counterpart} | | |`
      : `| \`${rust}\` | \`${counterpart.typescript}\` | \`${counterpart.python}\` | \`${counterpart.go}\` |`,
  );
  const found = Object.values(counterparts).filter((counterpart) => typeof counterpart !== 'string').length;
  const share = Math.floor((100 * found) / Object.keys(counterparts).length);
  return [
    header('<!--', ' -->'),
    '# Coverage\n',
    `All ${operations.length} operations are in every client. A test looks each name up in the source of its client, and`,
    'the [vectors](../../packages/conformance/README.md) prove that the answers are the same.\n',
    '| operation | Rust | TypeScript | Python | Go | command | HTTP |\n|---|---|---|---|---|---|---|',
    ...rows,
    '',
    '## The Rust API in the other languages\n',
    `Of the ${Object.keys(counterparts).length} public methods of \`KoruDelta\` and \`View\`, and the types beside them,`,
    `${found} have a counterpart in TypeScript, Python and Go: ${share} %. For each other stands the reason.\n`,
    '| Rust | TypeScript | Python | Go |\n|---|---|---|---|',
    ...methods,
    '',
  ].join('\n');
}

/** An operation that nobody gave a method of its own is reached by what is generated, and by the general call. */
function nameOf(operation: string): Named {
  return (
    named[operation] ?? {
      rust: 'Door::call',
      typescript: 'call',
      python: snake(operation),
      go: `Operations().${pascal(operation)}`,
      kdelta: { none: 'no command' },
    }
  );
}
