// Sets up the workspace and runs one task in every package that has it: `npm run bench`.

import { run, turbo } from './child.mjs';
import { setup } from './setup.mjs';

const [task, ...args] = process.argv.slice(2);
if (!task) {
  console.error('Usage: node scripts/task.mjs TASK [ARGUMENTS]');
  process.exitCode = 2;
} else if (await setup()) {
  const { code } = await run(turbo(task, ...(args.length > 0 ? ['--', ...args] : [])));
  process.exitCode = code;
} else {
  process.exitCode = 1;
}
