#!/usr/bin/env node
// The version is answered before anything is imported: scripts ask for it often.

declare const KDELTA_VERSION: string;

const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 9));
  process.stdout.write(`${KDELTA_VERSION}\n`);
} else {
  const { runProgram } = await import('./program.js');
  process.exitCode = await runProgram(args, KDELTA_VERSION);
}
