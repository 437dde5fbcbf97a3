// `npm start`: sets up the workspace and shows the database at work.

import { run } from './child.mjs';
import { setup } from './setup.mjs';

if (await setup()) {
  const { code } = await run([process.execPath, 'scripts/demo.mjs', ...process.argv.slice(2)], { stdin: true });
  process.exitCode = code;
} else {
  process.exitCode = 1;
}
