import { advantageOf, alternate, perSecond, type Side } from '../alternate.js';
import type { Store } from '../contender.js';
import { contenderOf } from '../contenders.js';
import { subfolder } from '../disk.js';
import { makeReady, warmUp } from '../load.js';
import type { Plan } from '../plan.js';
import { kdeltaAbsent } from '../server.js';
import { floor } from '../stores/floor.js';
import type { Sample, StepParams, Workload } from '../workload.js';

/** How many times as long as others a server is warmed up: it runs for long, and much of its code has to be compiled first. */
const WARM = 5;

/** How a server is loaded. */
interface Load {
  /** Documents in a batch. */
  readonly documents: number;
  /** Clients that each send a batch at the same time. */
  readonly clients: number;
}

/** W1 through the server: batches that arrive as bytes from another process. */
export function serverLines(load: Load, plan: Plan): Workload {
  const { documents, clients } = load;
  const name = `server-lines-${documents}${clients > 1 ? `-by-${clients}` : ''}`;
  const who = clients > 1 ? ` of each of ${clients} clients at once` : '';
  return {
    name,
    title: `Through the server: durable batches of ${documents.toLocaleString('en')}${who}`,
    how: `W1 as bodies of NDJSON to \`POST /v1/load\` of \`kdelta start\`, and as loads to \`kdelta bridge --stdio\`; in turns with the same batches of the floor, in the process of the clients.`,
    metrics: [
      { name: 'share', title: '/ floor', unit: 'ratio', better: 'more' },
      { name: 'rate', title: 'documents/s', unit: 'per second', better: 'more' },
      { name: 'floor', title: 'floor then', unit: 'per second', better: 'more' },
    ],
    contenders: ['floor', 'koru-delta-lines', 'http-lines', 'stdio-lines'],
    once: plan.name !== 'full',
    absent: kdeltaAbsent,
    turn: ({ plan, contender, fresh, folder }) =>
      fresh(name, { plan, folder: folder(), contender: contender.id, size: plan.rows }),
    steps: { [name]: (params) => measure(params, load) },
  };
}

async function measure({ plan, folder, contender, size }: StepParams, load: Load): Promise<Sample> {
  const beside = await floor.open(subfolder(folder, 'floor'));
  const store = await contenderOf(contender).open(subfolder(folder, 'own'));
  const together = load.documents * load.clients;
  // So many turns that there are at least three.
  const rows = Math.max(size, 3 * together);
  const [own, other] = [store, beside].map((one) => crowd(one, rows, load)) as [Side, Side];
  await warmUp(beside, plan.milliseconds);
  await warmUp(store, WARM * plan.milliseconds);
  const sides = await alternate(plan.milliseconds, Math.floor(rows / together), own, other);
  await store.close();
  return {
    share: advantageOf(sides),
    rate: perSecond(sides.own) * together,
    floor: perSecond(sides.other) * together,
  };
}

/** A turn: a batch of each client, at once where the store can. */
function crowd(store: Store, rows: number, { documents, clients }: Load): Side {
  const ready = makeReady(store, rows, 1, documents);
  return (n) => Promise.all(ready.slice(n * clients, (n + 1) * clients).map((batch) => store.batch(batch)));
}
