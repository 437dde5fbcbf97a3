import { snake } from '../words.js';

/* The form of Python text: what a formatter would otherwise have to do. */

/** No line is longer. */
const WIDTH = 120;

/** A docstring of whole paragraphs, wrapped; an example and a section stay as they are. */
export function docstring(indent: string, paragraphs: readonly string[]): string {
  const [first = '', ...rest] = paragraphs.filter((text) => text !== '');
  const escaped = (text: string) => text.replaceAll('\\', '\\\\');
  const body = rest.map((text) => (/^(>>>|Args:|Raises:)/.test(text) ? indented(text, indent) : wrapped(text, indent)));
  if (body.length === 0) return escaped(`${wrapped(`"""${first}`, indent, '', WIDTH - 3)}"""\n`);
  const head = wrapped(`"""${first}`, indent);
  return escaped(`${[head, ...body].join('\n\n')}\n${indent}"""\n`);
}

/** A comment of whole lines that a documentation tool takes as the description of what follows. */
export function comment(indent: string, text: string): string {
  return text === '' ? '' : `${wrapped(`#: ${text}`, indent, '#: ')}\n`;
}

/** Text in lines of at most the width, each with the indentation, and those behind the first with a mark. */
function wrapped(text: string, indent: string, mark = '', width = WIDTH): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent.length + longer.length > width) {
      lines.push(line);
      line = `${mark}${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((each) => `${indent}${each}`).join('\n');
}

function indented(text: string, indent: string): string {
  return text.replaceAll(/^(?=.)/gm, indent);
}

/** Words for people, of the wire, as Python programs think of them. */
export function spoken(text: string): string {
  return text.replaceAll(/\bnull\b/g, 'None');
}

/** A call or a definition on one line where it fits, else with one argument a line. */
export function call(indent: string, head: string, args: readonly string[], tail: string): string {
  const short = `${indent}${head}(${args.join(', ')})${tail}`;
  if (short.length <= WIDTH) return `${short}\n`;
  const lines = args.map((arg) => `${indent}    ${arg},\n`).join('');
  return `${indent}${head}(\n${lines}${indent})${tail}\n`;
}

/** A text as Python writes it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

export function bool(value: boolean): string {
  return value ? 'True' : 'False';
}

const keywords = new Set([
  'from',
  'import',
  'in',
  'is',
  'not',
  'or',
  'and',
  'with',
  'as',
  'for',
  'if',
  'pass',
  'class',
]);

/** A name of the wire as Python has it; a keyword gets the underscore that Python programs give it. */
export function identifier(name: string): string {
  const text = snake(name);
  return keywords.has(text) ? `${text}_` : text;
}
