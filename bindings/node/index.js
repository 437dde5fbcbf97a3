// Finds the addon of this platform: the one built in this folder, or the package that npm installed for it.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The names of the binaries that could run here, most likely first. On Linux only the C library decides. */
function targets() {
  const machine = `${process.platform}-${process.arch}`;
  if (process.platform === 'linux') return [`${machine}-gnu`, `${machine}-musl`];
  if (process.platform === 'win32') return [`${machine}-msvc`];
  return [machine];
}

function load() {
  /** @type {Error[]} */
  const failures = [];
  for (const target of targets()) {
    for (const file of [`./koru-delta.${target}.node`, `@koru-delta/node-${target}`]) {
      try {
        return require(file);
      } catch (error) {
        failures.push(/** @type {Error} */ (error));
      }
    }
  }
  throw new Error(explanation(failures), { cause: new AggregateError(failures) });
}

/** @param {Error[]} failures */
function explanation(failures) {
  const [target] = targets();
  const broken = failures.find((error) => !('code' in error) || error.code !== 'MODULE_NOT_FOUND');
  const reason = broken
    ? `The native part of KoruDelta for ${target} is installed, but cannot be loaded: ${broken.message}`
    : `The native part of KoruDelta for ${target} is not installed: the package @koru-delta/node-${target} is missing.`;
  return `${reason}
  Node ${process.version} on ${process.platform} ${process.arch}.
  npm sometimes leaves optional dependencies out (https://github.com/npm/cli/issues/4828), above all with a lock file
  that was made on another platform or after --omit=optional. The cure: delete package-lock.json and node_modules, then
  run npm install again. If your platform has no package, please ask for one:
  https://github.com/koru-delta/koru-delta/issues`;
}

export const { NativeDatabase, NativeLoader, NativeExporter, NativeImporter } = load();
