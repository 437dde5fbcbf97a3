import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Output } from './outputs.js';

/** The root of the repository. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The text of a file as it is to be committed. */
export function rendered({ path, text, formatter }: Output): string {
  if (!formatter) return text();
  const [command = '', ...options] = formatter;
  const { status, stdout, stderr } = spawnSync(command, options, { cwd: root, input: text(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} cannot format ${path}: ${stderr}`);
  return stdout;
}
