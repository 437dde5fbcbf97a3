import type { Plan } from './plan.js';
import { plans } from './plan.js';
import type { Step, Workload } from './workload.js';
import { commandStart } from './workloads/command-start.js';
import { concurrentPuts } from './workloads/concurrent-puts.js';
import { durableBatches } from './workloads/durable-batches.js';
import { feedFanOut } from './workloads/feed-fan-out.js';
import { growth } from './workloads/growth.js';
import { keptHistory } from './workloads/kept-history.js';
import { memory, oneBatch } from './workloads/memory.js';
import { pastLists } from './workloads/past-lists.js';
import { pastReads } from './workloads/past-reads.js';
import { pointGet } from './workloads/point-get.js';
import { reopen } from './workloads/reopen.js';
import { serverLines } from './workloads/server-lines.js';
import { serverMemory } from './workloads/server-memory.js';
import { singlePut } from './workloads/single-put.js';
import { syncs } from './workloads/syncs.js';
import { wireBatches } from './workloads/wire-batches.js';
import { wireCalls } from './workloads/wire-calls.js';

/** All workloads of a plan, in the order of the report. */
export function workloadsOf(plan: Plan): Workload[] {
  return [
    durableBatches,
    singlePut,
    concurrentPuts,
    pointGet,
    keptHistory,
    ...plan.depths.map((depth) => pastReads(depth, plan)),
    ...plan.depths.map(pastLists),
    reopen,
    memory(plan),
    oneBatch,
    syncs,
    commandStart,
    serverLines({ documents: 1_000, clients: 1 }, plan),
    serverLines({ documents: 10_000, clients: 1 }, plan),
    serverLines({ documents: 1_000, clients: 8 }, plan),
    wireCalls(plan),
    wireBatches(1_000, plan),
    wireBatches(10_000, plan),
    feedFanOut(plan),
    serverMemory(plan),
    ...plan.growth.map((size) => growth(size, plan)),
  ];
}

/** Every step of every workload, by its name. */
export const steps: Readonly<Record<string, Step>> = Object.assign(
  {},
  ...workloadsOf(plans.tiny).map((workload) => workload.steps),
);
