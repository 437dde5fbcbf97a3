import { defineConfig } from 'vitest/config';

// Every test starts processes, and a busy machine takes its time for each.
export default defineConfig({ test: { testTimeout: 60_000 } });
