import type { FailureRecord, Hint } from './failure.js';
import type { Style } from './style.js';
import { visibleLines } from './visible.js';

/** Draws a failure for people: what happened, what was probably meant, what to do next. */
export function drawFailure(record: FailureRecord, style: Style): string {
  const error = style.bold(style.red('Error:'));
  const linked = typeof record.docs === 'string' ? style.link(error, record.docs) : error;
  const blocks = [`${linked} ${visibleLines(record.detail)}`];
  if (record.suggestions.length > 0) {
    const lines = record.suggestions.map(
      ({ text, why }) => `  - ${style.green(visibleLines(text))} ${style.dim(`(${why})`)}`,
    );
    blocks.push(['Did you mean:', ...lines].join('\n'));
  }
  blocks.push(...record.hints.map((hint) => drawHint(hint, style)));
  return `${blocks.join('\n\n')}\n`;
}

/** Draws a next step: the sentence, and below it the command. */
export function drawHint({ text, command }: Hint, style: Style): string {
  const said = visibleLines(text);
  if (command === undefined) return /[.!?]$/.test(said) ? said : `${said}.`;
  return `${said}:\n  ${style.cyan(visibleLines(command))}`;
}
