import { usage } from './failure.js';
import { shellWord } from './shell-word.js';

/** The options that say which database, and what opens its seal. */
export interface PlaceOptions {
  db?: string;
  memory?: boolean;
  keyFile?: string;
  passphrase?: boolean;
}

/** The options that say which server, in the place of a folder. */
export interface ServerOptions {
  url?: string;
  apiKeyFile?: string;
}

/** Those that open a seal, as they are typed. */
export const sealOptions = [
  ['keyFile', '--key-file'],
  ['passphrase', '--passphrase'],
] as const;

/** What opens a sealed database, and seals a new one. A passphrase that is not known yet must be asked for. */
type SealKey = { file: string; variable?: string } | { text: string } | { passphrase: string } | 'ask';

/** Which database a command works on. */
export interface Place {
  /** The folder; undefined for a database in memory. */
  path: string | undefined;
  key: SealKey | undefined;
}

/** The variables that may hold what opens the seal. */
export const keyVariables = ['KDELTA_KEY_FILE', 'KDELTA_KEY', 'KDELTA_PASSPHRASE'] as const;

const defaultPath = '.kdelta';

/** A flag is stronger than the environment, and the environment than the folder of the project. */
export function placeOf(options: PlaceOptions, env: NodeJS.ProcessEnv = process.env): Place {
  if (options.memory && options.db !== undefined) {
    throw usage('--memory and --db name two different databases. Give one of them.');
  }
  if (options.db === '')
    throw usage('--db names no folder.', { hints: [{ text: 'An example', command: 'kdelta status --db ./data' }] });
  const path = options.memory ? undefined : (options.db ?? (env.KDELTA_DB || defaultPath));
  return { path, key: keyOf(options, env) };
}

/** The flags that lead to this database again, for the commands that are shown to the user. */
export function flagsOf({ db, memory, keyFile, passphrase, url, apiKeyFile }: PlaceOptions & ServerOptions): string[] {
  const flags: string[] = [];
  if (url) flags.push('--url', shellWord(url));
  if (apiKeyFile !== undefined) flags.push('--api-key-file', shellWord(apiKeyFile));
  if (db) flags.push('--db', shellWord(db));
  if (memory) flags.push('--memory');
  if (keyFile !== undefined) flags.push('--key-file', shellWord(keyFile));
  if (passphrase) flags.push('--passphrase');
  return flags;
}

function keyOf({ keyFile, passphrase }: PlaceOptions, env: NodeJS.ProcessEnv): SealKey | undefined {
  if (keyFile !== undefined && passphrase) {
    throw usage('--key-file and --passphrase name two different keys. Give one of them.');
  }
  if (keyFile !== undefined) return { file: keyFile };
  if (passphrase) return env.KDELTA_PASSPHRASE ? { passphrase: env.KDELTA_PASSPHRASE } : 'ask';
  return keyOfEnvironment(env);
}

/** Two keys in the environment are refused: which one the user had in mind cannot be known, and the wrong one may seal. */
function keyOfEnvironment({ KDELTA_KEY_FILE, KDELTA_KEY, KDELTA_PASSPHRASE }: NodeJS.ProcessEnv): SealKey | undefined {
  const found: [name: string, key: SealKey][] = [];
  if (KDELTA_KEY_FILE) found.push(['KDELTA_KEY_FILE', { file: KDELTA_KEY_FILE, variable: 'KDELTA_KEY_FILE' }]);
  if (KDELTA_KEY) found.push(['KDELTA_KEY', { text: KDELTA_KEY }]);
  if (KDELTA_PASSPHRASE) found.push(['KDELTA_PASSPHRASE', { passphrase: KDELTA_PASSPHRASE }]);
  const [first, second] = found;
  if (first && second) throw usage(`${first[0]} and ${second[0]} are both set. Keep the one that opens this database.`);
  return first?.[1];
}
