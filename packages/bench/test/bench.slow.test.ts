import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { plans } from '../src/plan.js';
import { workloadsOf } from '../src/workloads.js';

const program = fileURLToPath(new URL('../dist/bench.js', import.meta.url));
const page = fileURLToPath(new URL('../report/index.html', import.meta.url));

/** The part of the JSON output that is looked at. */
interface Output {
  contenders: { id: string; sync: string }[];
  skipped: { title: string }[];
  medians: Record<string, Record<string, Record<string, number>>>;
  targets: { what: string; measured: number; met: boolean }[];
}

test('every workload runs and gives a good figure for everybody who takes part', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'koru-delta-bench-'));
  const began = Date.now();
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--tiny', '--json', '--folder', folder]);
  rmSync(folder, { recursive: true });

  const { contenders, medians, skipped, targets } = JSON.parse(stdout) as Output;
  const present = contenders.map(({ id }) => id);
  expect(present).toEqual(expect.arrayContaining(['floor', 'zero-filled', 'koru-delta', 'koru-delta-lines']));
  for (const { name, title, metrics, contenders: invited } of workloadsOf(plans.tiny)) {
    if (skipped.some((one) => one.title === title)) continue;
    for (const id of invited.filter((one) => present.includes(one))) {
      for (const metric of metrics) {
        const figure = medians[name]?.[id]?.[metric.name];
        // A process may have had as much memory before.
        const least = metric.unit === 'MiB' || metric.title.startsWith('of the') ? 0 : Number.MIN_VALUE;
        expect(figure, `${name}, ${id}, ${metric.name}`).toBeGreaterThanOrEqual(least);
        expect(figure, `${name}, ${id}, ${metric.name}`).toBeLessThan(1e12);
      }
    }
  }
  // Whoever syncs less often than it acknowledges is no peer.
  for (const [id, { each }] of Object.entries(medians.syncs ?? {})) expect(each, id).toBeGreaterThanOrEqual(1);
  expect(targets.length).toBeGreaterThan(15);

  expect(existsSync(page)).toBe(true);
  expect(statSync(page).mtimeMs).toBeGreaterThanOrEqual(began - 2_000);
  const html = readFileSync(page, 'utf8');
  expect(html).toContain('<svg role="img"');
  expect(html).not.toMatch(/NaN|undefined|Infinity|(src|href)=/);
});
