// How the demonstration speaks: headings, prose, and commands that are shown as typed and then really run.

import { spawn } from 'node:child_process';
import { env, execPath, stdout } from 'node:process';

const WIDTH = 78;
const coloured = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';

/** @param {number} code */
const paint = (code) => (/** @type {string} */ text) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
const bold = paint(1);
const dim = paint(2);
const cyan = paint(36);

/** @param {string} [text] */
export function line(text = '') {
  stdout.write(`${text}\n`);
}

/** @param {string} title */
export function heading(title) {
  line(`\n\n${bold(title)}\n${dim('─'.repeat(WIDTH))}`);
}

/**
 * A paragraph, broken between words.
 *
 * @param {string} text
 */
export function say(text) {
  let row = '';
  line();
  for (const word of text.split(/\s+/)) {
    if (row && row.length + 1 + word.length > WIDTH) {
      line(row);
      row = '';
    }
    row = row ? `${row} ${word}` : word;
  }
  line(row);
}

/**
 * A command that the reader may type.
 *
 * @param {string} command
 */
export function show(command) {
  line(`\n${dim('$')} ${cyan(command)}`);
}

/**
 * The text of a file, as an editor would show it.
 *
 * @param {string} text
 */
export function listing(text) {
  line();
  for (const row of text.trimEnd().split('\n')) line(row ? `  ${dim('│')} ${row}` : `  ${dim('│')}`);
}

/** A command that did not end as it should have. */
export class CommandError extends Error {}

/**
 * Runs a Node program and leaves the terminal to it, so that what it prints is what a reader will see.
 *
 * @param {string[]} command The program's file and its arguments.
 * @param {{ settings: NodeJS.ProcessEnv, code: number }} options The environment, and the exit code it must end with.
 */
export async function run(command, { settings, code }) {
  const child = spawn(execPath, command, { env: settings, stdio: 'inherit' });
  const ended = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (ended !== code) throw new CommandError(`It ended with exit code ${ended}, and ${code} was expected.`);
}

/**
 * An argument as a shell takes it.
 *
 * @param {string} word
 */
export function shellWord(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
