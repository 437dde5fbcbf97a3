import type { CommandLine } from './command-line.js';
import type { FailureRecord, Hint } from './failure.js';
import { databasesNear } from './nearby.js';
import { flagsOf, keyVariables, type PlaceOptions, placeOf, type ServerOptions } from './place.js';
import { safeCommand, shellWord } from './shell-word.js';

/** What a failure met: the command line, its options as far as they could be read, and its first argument. */
export interface Situation {
  line: CommandLine;
  options: PlaceOptions & ServerOptions;
  argument: string | undefined;
}

/**
 * Hints know the situation of the user: what the engine says to every caller becomes what can be typed here, and each
 * command leads to the database that is meant.
 */
export async function situated(record: FailureRecord, situation: Situation): Promise<FailureRecord> {
  const more = await adapted(record, situation);
  return { ...record, ...more, hints: (more.hints ?? record.hints).map((hint) => placed(hint, situation)) };
}

async function adapted(record: FailureRecord, { line, options, argument }: Situation): Promise<Partial<FailureRecord>> {
  const { code, hints } = record;
  switch (code) {
    case 'database_locked':
      return { hints: [...hints.filter(({ command }) => command), ...waiting(record.pid, line)] };
    case 'database_not_found': {
      const [creating] = hints;
      const elsewhere = { text: 'If it lies elsewhere, name its folder with --db, or in the variable KDELTA_DB' };
      return {
        suggestions: await databasesNear(placeOf(options).path ?? ''),
        hints: creating ? [creating, elsewhere] : [elsewhere],
      };
    }
    case 'seal_key_required':
      return {
        hints: [
          { text: 'With its key file', command: line.plus('--key-file', 'FILE') },
          { text: 'With its passphrase', command: line.plus('--passphrase') },
          { text: 'To give it to every command, put the path of the key file into the variable KDELTA_KEY_FILE' },
        ],
      };
    case 'not_sealed':
      return { hints: [keyless(line, options), ...hints.slice(1)] };
    case 'newer_format':
      return { hints: hints.map(({ text }) => ({ text, command: 'npm install --global kdelta@latest' })) };
    case 'unauthorized':
      return {
        hints: [
          { text: 'With the file that holds an API key', command: line.plus('--api-key-file', 'FILE') },
          { text: 'To give it to every command, put the API key into the variable KDELTA_API_KEY' },
          { text: 'To make one, where the database is', command: 'kdelta key create --db ./data' },
        ],
      };
    case 'invalid_moment':
      return { hints: argument?.includes('/') ? [...hints, history(argument)] : hints };
    default:
      return {};
  }
}

function waiting(pid: unknown, line: CommandLine): Hint[] {
  const looking = { text: 'To see which process that is', command: `ps -fp ${pid}` };
  return [
    ...(typeof pid === 'number' && process.platform !== 'win32' ? [looking] : []),
    { text: 'To write, try again when it has ended', command: line.again },
  ];
}

function keyless(line: CommandLine, { keyFile, passphrase }: PlaceOptions): Hint {
  const flag = keyFile !== undefined ? '--key-file' : passphrase ? '--passphrase' : undefined;
  const bare = flag === undefined ? line.again : line.without(flag);
  // Without the flag the environment would be asked.
  const names = keyVariables.filter((name) => process.env[name]);
  const unset = names.length > 0 ? `env ${names.map((name) => `-u ${name}`).join(' ')} ` : '';
  return { text: 'To open it without a key', command: `${unset}${bare}` };
}

function history(argument: string): Hint {
  return { text: 'To see the moments of its history', command: `kdelta log ${shellWord(argument)}` };
}

/** With a server, what opens a folder has nothing to do with it either. */
const nowhere = /^(?!kdelta )|^kdelta (help|completion|start|key|bridge)\b/;

/** Appends the flags that lead to the database. Only commands that open one take them; help needs none. */
export function placed(hint: Hint, { line, options }: Pick<Situation, 'line' | 'options'>): Hint {
  const { command } = hint;
  if (command === undefined || line.isSource(command)) return hint;
  const safe = safeCommand(command);
  const placeless = options.url === undefined ? /^(?!kdelta )|^kdelta (help|completion)\b/ : nowhere;
  if (placeless.test(safe)) return { ...hint, command: safe };
  return { ...hint, command: [safe, ...flagsOf(options)].join(' ') };
}
