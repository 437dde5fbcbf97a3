import { defineConfig } from 'vitest/config';

// The whole benchmark runs in a test, at tiny sizes; a busy machine takes its time for its many processes.
export default defineConfig({ test: { testTimeout: 240_000 } });
