import { afterAll, describe, vi } from 'vitest';
import { carryMemory } from './folder.js';
import { endServers, overHttp } from './served.js';

vi.setConfig({ testTimeout: 60_000 });
carryMemory(overHttp);
afterAll(endServers);

// What holds of a database in this process holds over HTTP too.
describe.each(['batch', 'contract', 'feed', 'history-file', 'hostile', 'reads', 'transaction'])('%s', async (suite) => {
  await import(`./${suite}.test.ts`);
});
