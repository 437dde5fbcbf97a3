import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/generate.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  clean: true,
});
