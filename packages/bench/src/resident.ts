import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The memory that a process has now, in MiB. */
export function residentMiB(pid: number): number {
  const kibibytes = process.platform === 'linux' ? inStatus(pid, 'VmRSS') : Number(ps(pid));
  return kibibytes / 1_024;
}

/** The most that it ever had, where the system tells that; else what it has now. */
export function peakMiB(pid: number): number {
  return process.platform === 'linux' ? inStatus(pid, 'VmHWM') / 1_024 : residentMiB(pid);
}

function inStatus(pid: number, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]);
}

function ps(pid: number): string {
  return execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
}
