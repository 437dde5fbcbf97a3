import { describe, vi } from 'vitest';
import { carryMemory } from './folder.js';
import { overStdio } from './served.js';

vi.setConfig({ testTimeout: 60_000 });
carryMemory(overStdio);

// What holds of a database in this process holds over the standard streams too.
describe.each(['batch', 'contract', 'feed', 'history-file', 'hostile', 'reads', 'transaction'])('%s', async (suite) => {
  await import(`./${suite}.test.ts`);
});
