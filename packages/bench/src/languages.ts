import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Client, Place } from './client.js';
import { connectBareHttp } from './clients/bare-http.js';
import { type Command, startProgram } from './clients/program.js';
import { connectTypescript, openNative } from './clients/typescript.js';
import type { Contender } from './contender.js';
import { ownVersion } from './installed.js';

/** How a client is started, and what it talks to. */
interface Way {
  readonly to: 'server' | 'bridge' | 'bare server';
  connect(place: Place): Promise<Client>;
}

const pythonPath = fileURLToPath(new URL('../../../bindings/python/src', import.meta.url));
const pythonProgram = fileURLToPath(new URL('../programs/client.py', import.meta.url));
const goModule = fileURLToPath(new URL('../programs/go', import.meta.url));
const goProgram = fileURLToPath(new URL('../node_modules/.cache/programs/client-go', import.meta.url));

/** The clients of each language over each carrier, and requests of HTTP without a database. */
const languages: readonly { contender: Contender; way: Way }[] = [
  language('bare-http', 'node:http, 100 bytes, no database', async () => process.version, {
    to: 'bare server',
    connect: connectBareHttp,
  }),
  ...both('typescript', 'TypeScript', async () => ownVersion(), connectTypescript),
  ...both('python', 'Python', pythonVersion, python('threads')),
  ...both('asyncio', 'Python asyncio', pythonVersion, python('asyncio')),
  ...both('go', 'Go', goVersion, (place) => startProgram([goProgram], place)),
];

/** They take part as contenders. */
export const languageContenders = languages.map(({ contender }) => contender);

/** Those that talk to the database from another process. */
export const languageIds = languageContenders.map(({ id }) => id).filter((id) => id !== 'bare-http');

/** How the client of a contender is started; KoruDelta itself is the engine in this process. */
export function wayOf(id: string): Way {
  if (id === 'koru-delta') return { to: 'bridge', connect: openNative };
  const found = languages.find(({ contender }) => contender.id === id);
  if (!found) throw new Error(`There is no client ${id}.`);
  return found.way;
}

/** A language over HTTP and over the standard streams. */
function both(id: string, label: string, version: Contender['version'], connect: Way['connect']) {
  return [
    language(`${id}-http`, `${label}, HTTP`, version, { to: 'server', connect }),
    language(`${id}-stdio`, `${label}, stdio`, version, { to: 'bridge', connect }),
  ];
}

function language(id: string, label: string, version: Contender['version'], way: Way) {
  const sync = way.to === 'bare server' ? 'nothing' : 'durability sync (the default)';
  const open = () => Promise.reject(new Error('Clients are measured by programs of their own.'));
  return { contender: { id, label, sync, version, open }, way };
}

function python(way: 'threads' | 'asyncio'): Way['connect'] {
  const command: Command = ['python3', pythonProgram, way];
  return (place) => startProgram(command, place, { PYTHONPATH: pythonPath });
}

async function pythonVersion(): Promise<string> {
  return said('python3', ['--version']);
}

/** Builds the program; Go does that once. */
async function goVersion(): Promise<string> {
  const version = said('go', ['env', 'GOVERSION']);
  mkdirSync(fileURLToPath(new URL('../node_modules/.cache/programs', import.meta.url)), { recursive: true });
  said('go', ['build', '-o', goProgram, '.'], goModule);
  return version;
}

/** What a program says of itself; fails when it is not there. */
function said(program: string, args: readonly string[], cwd?: string): string {
  try {
    return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    throw new Error(code === 'ENOENT' ? `${program} is not installed` : `${program} fails: ${stderr?.trim()}`);
  }
}
