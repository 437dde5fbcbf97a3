import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

export default defineConfig({
  entry: ['src/kdelta.ts', 'src/program.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  // Two files: the one that answers `--version`, and all the rest. Reading one file is faster than reading the dozen small
  // ones a command would need.
  splitting: false,
  external: ['./program.js'],
  clean: true,
  define: { KDELTA_VERSION: JSON.stringify(version) },
});
