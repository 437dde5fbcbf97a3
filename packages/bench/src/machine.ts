import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import os from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly fileSystem: string;
  /** How many processes wanted to run when it began; more than there are cores means that figures suffer. */
  readonly load: number;
}

/** Describes this machine and the file system of a folder. */
export function describeMachine(folder: string): Machine {
  return {
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    fileSystem: fileSystemOf(folder),
    load: os.loadavg()[0] ?? 0,
  };
}

function fileSystemOf(folder: string): string {
  try {
    if (process.platform === 'linux') return mountedAt(realpathSync(folder), readFileSync('/proc/mounts', 'utf8'));
    if (process.platform === 'darwin') return execFileSync('stat', ['-f', '%T', folder], { encoding: 'utf8' }).trim();
  } catch {
    // Said below: a file system that does not tell its name is measured all the same.
  }
  return 'unknown';
}

/** The type and the options of the mount that holds a path; the last of the longest counts. */
function mountedAt(path: string, mounts: string): string {
  let [best, kind] = ['', 'unknown'];
  for (const line of mounts.split('\n')) {
    const [, point, type, options] = line.split(' ');
    if (point === undefined || type === undefined) continue;
    const holds = path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`);
    if (holds && point.length >= best.length) [best, kind] = [point, `${type} (${options})`];
  }
  return kind;
}
