// The demonstration: a walk through the product on real data, with the same commands that a reader will type.
//
// Nothing that it prints is prepared. `--fast` leaves out the 200,000 flights.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './child.mjs';
import { writeFlights, writeStocks, writeWeather } from './demo/histories.mjs';
import { CommandError, heading, line, listing, run, say, shellWord, show } from './demo/terminal.mjs';

const folder = 'demo-data';
const database = `${folder}/db`;
const program = 'scripts/demo/seattle.js';

/** The command as the workspace links it. */
const kdeltaProgram = join('node_modules', 'kdelta', 'dist', 'kdelta.js');

/** What a reader of this folder sets to type what is shown. Settings of the reader's own must not change the walk. */
const { KDELTA_ACTOR, KDELTA_KEY, KDELTA_KEY_FILE, KDELTA_PASSPHRASE, ...inherited } = process.env;
const settings = { ...inherited, KDELTA_DB: database };

/** @param {...string} args */
async function kdelta(...args) {
  await kdeltaEnding(0, ...args);
}

/**
 * A command that fails on purpose.
 *
 * @param {number} code
 * @param {...string} args
 */
async function kdeltaEnding(code, ...args) {
  show(['kdelta', ...args.map(shellWord)].join(' '));
  await run([kdeltaProgram, ...args], { settings, code });
}

async function importHistories() {
  heading('1  Import a history');
  writeStocks(`${folder}/stocks.jsonl`);
  writeWeather(`${folder}/weather.jsonl`);
  say(`${folder}/stocks.jsonl has the prices of five shares, month by month. Each line is an observation with its own
    date, and becomes a version of its key:`);
  listing(firstLines(`${folder}/stocks.jsonl`, 2));
  await kdelta('import', `${folder}/stocks.jsonl`);
  say('And four years of the weather in Seattle, day by day, all of it versions of one key:');
  await kdelta('import', `${folder}/weather.jsonl`);
}

async function readThePast() {
  heading('2  Ask of any moment');
  say('What is it now, and what was it on a day? The answer does not get slower as the history grows.');
  await kdelta('get', 'stocks/AAPL');
  await kdelta('get', 'stocks/AAPL', '--at', '2008-10-01');
  await kdelta('get', 'weather/seattle', '--at', '2013-12-25');
  say('Lists have a past too. In 2001, Google was not listed yet, and a read of it says so:');
  await kdelta('list', 'stocks', '--at', '2001-06-15');
  await kdeltaEnding(3, 'get', 'stocks/GOOG', '--at', '2001-06-15');
  say('What did the autumn of 2008 change?');
  await kdelta('diff', 'stocks', '--from', '2008-08-01', '--to', '2008-12-01');
}

async function write() {
  heading('3  Write; nothing is overwritten');
  await kdelta('set', 'portfolio/ann', '{"AAPL": 10, "IBM": 5}');
  await kdelta('set', 'portfolio/ann', '{"AAPL": 10, "IBM": 2, "GOOG": 3}', '--actor', 'ann', '--reason', 'rebalanced');
  await kdelta('get', 'portfolio/ann');
  await kdelta('log', 'portfolio/ann');
  await kdelta('diff', 'portfolio/ann');
}

async function undoAMistake() {
  heading('4  A mistake, and its undo');
  await kdelta('delete', 'portfolio/ann', '--actor', 'bob', '--reason', 'wrong window');
  say('The error knows the history, and how to go back:');
  await kdeltaEnding(3, 'get', 'portfolio/ann');
  await kdelta('revert', 'portfolio/ann');
  await kdelta('log', 'portfolio/ann');
}

async function runAProgram() {
  heading('5  The same from JavaScript');
  say(`This is ${program}:`);
  listing(readFileSync(program, 'utf8'));
  show(`node ${program}`);
  await run([program], { settings, code: 0 });
}

async function loadFlights() {
  heading('6  Load 200,000 flights');
  const count = await writeFlights(`${folder}/flights.jsonl`);
  say(`First all ${count.toLocaleString('en')} in one batch: all are written or none, and they are on the disk when
    the command says so.`);
  await kdelta('batch', '--file', `${folder}/flights.jsonl`);
  say(`Once more, in batches of 1,000 that are synced one by one. Every key gets a second version:`);
  await kdelta('batch', '--file', `${folder}/flights.jsonl`, '--batch-size', '1000');
  await kdelta('log', 'flights/123456');
}

async function lookAtTheWhole() {
  heading('The whole database');
  await kdelta('status');
  await kdelta('verify');
}

function sayWhatNext() {
  heading('Your turn');
  say(`The database is the folder ${database}. Here, in the folder of the project:`);
  line();
  line(`  npx kdelta log stocks/IBM --limit 12 --db ${database}`);
  line(`  npx kdelta diff stocks --from 2000-01-01 --to 2010-03-01 --db ${database}`);
  line(`  npx kdelta set notes/first '{"text": "hello"}' --db ${database}`);
  line(`  npx kdelta start --db ${database}      serves it, with three curl lines at http://127.0.0.1:7878`);
  line('  npx kdelta help');
  say('In a project of your own, until the first release is on npm:');
  line();
  line(`  npm install ${shellWord(join(root, 'packages', 'koru-delta'))}`);
  line();
  line("  import { KoruDelta } from 'koru-delta';");
  line("  const db = await KoruDelta.startWithPath('./data');");
  line("  await db.put('users', 'alice', { name: 'Alice' });");
  say('Read on in README.md and docs/guides. `npm test` checks everything.');
}

/**
 * @param {string} file
 * @param {number} count
 */
function firstLines(file, count) {
  return readFileSync(file, 'utf8').split('\n', count).join('\n');
}

const { values } = parseArgs({ options: { fast: { type: 'boolean', default: false } } });
process.chdir(root);

if (existsSync(kdeltaProgram)) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  heading('KoruDelta: every write is a version, every read can be of any moment');
  say('In this folder `kdelta` is `npx kdelta`, and it finds the database by a setting:');
  show(`export KDELTA_DB=${database}`);
  try {
    await importHistories();
    await readThePast();
    await write();
    await undoAMistake();
    await runAProgram();
    if (!values.fast) await loadFlights();
    await lookAtTheWhole();
    sayWhatNext();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(`\nThe demonstration stops here. ${error.message}`);
    process.exitCode = 1;
  }
} else {
  console.error('The command is not built yet. Run: npm start');
  process.exitCode = 1;
}
