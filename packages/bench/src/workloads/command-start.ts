import { spawnSync } from 'node:child_process';
import { kdelta, kdeltaAbsent } from '../server.js';
import { median } from '../timed.js';
import type { Workload } from '../workload.js';

/** How long the command line takes to start. */
export const commandStart: Workload = {
  name: 'command-start',
  title: 'Start of the command line',
  how: '`kdelta --version` against `node -e 0`, in turns.',
  metrics: [
    { name: 'kdelta', title: 'kdelta --version', unit: 'ms', better: 'less' },
    { name: 'node', title: 'node -e 0', unit: 'ms', better: 'less' },
    { name: 'share', title: 'kdelta / node', unit: 'ratio', better: 'less' },
  ],
  contenders: ['koru-delta'],
  once: true,
  absent: kdeltaAbsent,
  async turn({ plan }) {
    const turns = Array.from({ length: plan.starts }, () => ({
      node: start(['-e', '0']),
      kdelta: start([kdelta, '--version']),
    }));
    return {
      kdelta: median(turns.map(({ kdelta }) => kdelta)),
      node: median(turns.map(({ node }) => node)),
      share: median(turns.map(({ kdelta, node }) => kdelta / node)),
    };
  },
  steps: {},
};

function start(args: string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  return performance.now() - started;
}
