import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/bench.ts', 'src/job.ts', 'src/bare-server.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  // The peers are optional: each is imported when it is measured, and may not be there.
  external: ['better-sqlite3', 'classic-level', 'koru-delta', 'libsql', 'lmdb'],
  clean: true,
});
