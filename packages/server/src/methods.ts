/** The methods of a conversation that are not operations of the database. */
export const control = ['hello', 'cancel', 'credit', 'chunk', 'end', 'watch', 'export', 'import', 'load'] as const;

/** The operations that may take long: they are answered when they are done, and hold up no other. */
const slow = ['history', 'list', 'namespaces', 'diff', 'diffNamespace', 'changes', 'stats', 'verify'] as const;

/** What the engine leaves to the conversation. */
export const ours: readonly string[] = [...control, ...slow];
