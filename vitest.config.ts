import { defineConfig } from 'vitest/config';

// Every workspace package is a project: one with a vitest configuration of its own keeps it, the others take the defaults.
export default defineConfig({
  test: {
    projects: ['packages/*', 'bindings/*'],
  },
});
