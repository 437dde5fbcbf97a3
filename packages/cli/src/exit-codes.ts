/** What each exit code says; the codes of the engine's errors come with the error and follow the same table. */
export const exitCodes = {
  0: 'Done.',
  1: 'A failure that none of the lines below names.',
  2: 'The command line, a name or a value cannot be used as it stands.',
  3: 'Not found: the key, the moment, the file or the database.',
  4: 'Refused because of what is already there: a conflict, nothing to revert, an import that does not fit.',
  5: 'Damage: a file of the database, an export or an archive is broken, or the folder is not a database.',
  6: 'Another process is writing, or the server was not reached; the same command may succeed later.',
  7: 'The key of a sealed database or of a server is missing, wrong or not wanted.',
  8: 'Not permitted: opened for reading only, or the operating system or the server refused.',
  9: 'The disk is full or failed.',
  130: 'Interrupted by Ctrl-C.',
  143: 'Stopped by SIGTERM.',
} as const;

/** An exit code of the table. */
export type ExitCode = keyof typeof exitCodes;
