import { errors, type Failure } from '../errors.js';
import { header } from '../header.js';
import { pascal } from '../words.js';

/** The engine's catalogue of failures: those that it finds itself. */
export function rustErrors(): string {
  const rows = (Object.entries(errors) as [string, Failure][])
    .filter(([, { side }]) => side === 'engine')
    .map(([code, { meaning, title, retryable, http, exit }]) =>
      [
        `    /// ${meaning}`,
        `    ${pascal(code)} = ${JSON.stringify(code)}, ${JSON.stringify(title)}, retryable ${retryable}, http ${http}, exit ${exit};`,
      ].join('\n'),
    );
  return `${header('//')}\ncatalogue! {\n${rows.join('\n')}\n}\n`;
}
