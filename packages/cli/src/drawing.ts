import type { FailureRecord, Hint } from './failure.js';
import type { Style } from './style.js';
import { visibleLines } from './visible.js';

/**
 * Draws a failure for people: what happened, what was probably meant, what to do next. `flags` are those that lead to the
 * database, so that a command that is shown works where it is typed.
 */
export function drawFailure(record: FailureRecord, style: Style, flags = ''): string {
  const error = style.bold(style.red('Error:'));
  const linked = typeof record.docs === 'string' ? style.link(error, record.docs) : error;
  const blocks = [`${linked} ${visibleLines(record.detail)}`];
  if (record.suggestions.length > 0) {
    const lines = record.suggestions.map(
      ({ text, why }) => `  - ${style.green(visibleLines(text))} ${style.dim(`(${why})`)}`,
    );
    blocks.push(['Did you mean:', ...lines].join('\n'));
  }
  blocks.push(...record.hints.map((hint) => drawHint(hint, style, flags)));
  return `${blocks.join('\n\n')}\n`;
}

/** Draws a next step: the sentence, and below it the command. */
export function drawHint({ text, command }: Hint, style: Style, flags = ''): string {
  const said = visibleLines(text);
  if (command === undefined) return /[.!?]$/.test(said) ? said : `${said}.`;
  return `${said}:\n  ${style.cyan(withFlags(visibleLines(command), flags))}`;
}

/** Only commands that open a database take its flags; help needs none. */
function withFlags(command: string, flags: string): string {
  return flags === '' || !/^kdelta (?!help\b|completion\b|--)/.test(command) ? command : `${command} ${flags}`;
}
