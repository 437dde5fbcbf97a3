/** Calls `call` with every number below `count`, by so many callers at once, each of which awaits its own call. */
export async function crowd(callers: number, count: number, call: (n: number) => unknown): Promise<void> {
  let next = 0;
  const caller = async () => {
    while (next < count) {
      next += 1;
      await call(next - 1);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
}
