import { readFileSync } from 'node:fs';
import { fileFailure, usage } from './failure.js';
import { type PlaceOptions, type ServerOptions, sealOptions } from './place.js';

/** The server that a command works on, in the place of a folder. */
export interface Server {
  url: string;
  /** The API key, where the server has keys. */
  key: string | undefined;
}

/** A flag is stronger than the environment; what names a folder by a flag is stronger than a server in the environment. */
export function serverOf(
  options: PlaceOptions & ServerOptions,
  env: NodeJS.ProcessEnv = process.env,
): Server | undefined {
  const named = options.url !== undefined;
  const local = options.memory ? '--memory' : options.db === undefined ? undefined : '--db';
  if (!named && local) return undefined;
  if (local) throw usage(`--url and ${local} name two different databases. Give one of them.`);
  if (!named && env.KDELTA_URL && env.KDELTA_DB) {
    throw usage('KDELTA_URL and KDELTA_DB are both set. Keep the one that is meant, or give --url or --db.');
  }
  const url = options.url ?? env.KDELTA_URL;
  if (!url) {
    if (named) throw usage('--url names no server.', { hints: [{ text: 'An example', command: example }] });
    return undefined;
  }
  const seal = sealOptions.find(([name]) => options[name] !== undefined)?.[1];
  if (seal) {
    throw usage(`${seal} opens the seal of a folder, and a server opens its own. Leave it out.`, {
      hints: [{ text: 'The API key of a server stands in KDELTA_API_KEY, or in the file that --api-key-file names' }],
    });
  }
  return { url, key: keyOf(options, env) };
}

const example = 'kdelta status --url http://127.0.0.1:7878';

function keyOf({ apiKeyFile }: ServerOptions, env: NodeJS.ProcessEnv): string | undefined {
  if (apiKeyFile === undefined) return env.KDELTA_API_KEY || undefined;
  try {
    return readFileSync(apiKeyFile, 'utf8').trim();
  } catch (error) {
    throw fileFailure(error as NodeJS.ErrnoException, 'read', `the API key file ${apiKeyFile}`);
  }
}
