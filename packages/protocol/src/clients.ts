/** What an operation is called in each client. HTTP has its route in the table. */
export interface Named {
  /** A method of `KoruDelta` or `View`, or a type beside them. */
  readonly rust: string;
  readonly typescript: string;
  readonly python: string;
  readonly go: string;
  /** The command; or why there is none. */
  readonly kdelta: string | { readonly none: string };
}

/** The operations that have methods of their own, by their names in every client. */
export const named: Readonly<Record<string, Named>> = {
  put: { rust: 'put', typescript: 'put', python: 'put', go: 'Put', kdelta: 'set' },
  batch: { rust: 'batch_put', typescript: 'batchPut', python: 'batch_put', go: 'BatchPut', kdelta: 'batch' },
  delete: { rust: 'delete', typescript: 'delete', python: 'delete', go: 'Delete', kdelta: 'delete' },
  revert: { rust: 'revert', typescript: 'revert', python: 'revert', go: 'Revert', kdelta: 'revert' },
  get: { rust: 'get_version', typescript: 'getVersion', python: 'get_version', go: 'GetVersion', kdelta: 'get' },
  history: { rust: 'history', typescript: 'history', python: 'history', go: 'History', kdelta: 'log' },
  list: { rust: 'list', typescript: 'list', python: 'list', go: 'List', kdelta: 'list' },
  namespaces: { rust: 'namespaces', typescript: 'namespaces', python: 'namespaces', go: 'Namespaces', kdelta: 'list' },
  diff: { rust: 'diff', typescript: 'diff', python: 'diff', go: 'Diff', kdelta: 'diff' },
  diffNamespace: {
    rust: 'diff_namespace',
    typescript: 'diffNamespace',
    python: 'diff_namespace',
    go: 'DiffNamespace',
    kdelta: 'diff',
  },
  changes: { rust: 'changes', typescript: 'changes', python: 'changes', go: 'Changes', kdelta: 'changes' },
  sync: { rust: 'sync', typescript: 'sync', python: 'sync', go: 'Sync', kdelta: { none: 'each command syncs' } },
  stats: { rust: 'stats', typescript: 'stats', python: 'stats', go: 'Stats', kdelta: 'status' },
  verify: { rust: 'verify', typescript: 'verify', python: 'verify', go: 'Verify', kdelta: 'verify' },
  watch: { rust: 'wait_for_changes', typescript: 'watch', python: 'watch', go: 'Watch', kdelta: 'watch' },
  export: { rust: 'export', typescript: 'export', python: 'export', go: 'Export', kdelta: 'export' },
  import: { rust: 'Importer', typescript: 'import', python: 'import_', go: 'Import', kdelta: 'import' },
  load: { rust: 'batch_lines', typescript: 'batchPut', python: 'batch_put', go: 'Load', kdelta: 'batch' },
};

/** What a method of Rust is elsewhere; or the reason why it is nowhere. */
export type Counterpart = Pick<Named, 'typescript' | 'python' | 'go'> | string;

const known = (typescript: string, python: string, go: string): Counterpart => ({ typescript, python, go });

/** Every public method of `KoruDelta` and `View` in Rust that no operation is called by, and its counterparts. */
export const rustOnly: Readonly<Record<string, Counterpart>> = {
  start: known('start', 'start', 'Start'),
  start_with: known('start', 'start', 'Start'),
  start_with_path: known('startWithPath', 'start_with_path', 'Open'),
  start_with_path_and: known('startWithPath', 'start_with_path', 'Open'),
  open: known('startWithPath', 'start_with_path', 'Open'),
  close: known('close', 'close', 'Close'),
  now: known('at', 'at', 'At'),
  at: known('at', 'at', 'At'),
  get: known('get', 'get', 'Get'),
  get_at: known('getAt', 'get_at', 'GetAt'),
  get_json: known('getText', 'get_json', 'GetJSON'),
  lend_json: known('getText', 'get_json', 'GetJSON'),
  get_or_err: known('getOrThrow', 'get_or_raise', 'Get'),
  put_json: known('batchPut', 'batch_put', 'BatchPut'),
  write: known('batchPut', 'batch_put', 'BatchPut'),
  write_all: known('call', 'call', 'Call'),
  delete_with: known('delete', 'delete', 'Delete'),
  revert_with: known('revert', 'revert', 'Revert'),
  transact: known('transact', 'transact', 'Transact'),
  last_version: known('stats', 'stats', 'Stats'),
  durability: known('stats', 'stats', 'Stats'),
  diff_since: known('diff', 'diff', 'Diff'),
  diff_last: known('diff', 'diff', 'Diff'),
  flush: 'Never needed: it happens by itself.',
  change_key: 'Works on a folder that nobody has open, so it is no call on a database.',
};
