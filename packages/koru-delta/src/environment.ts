/** A variable of the environment, where there is an environment and it is set to something. */
export function variable(name: string): string | undefined {
  return globalThis.process?.env?.[name] || undefined;
}
