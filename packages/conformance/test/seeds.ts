/** So many seeds that nobody has tried, or the one that the environment names. The names of tests and failures tell them. */
export function freshSeeds(count: number): number[] {
  const given = process.env.KORU_SEED;
  if (given !== undefined) return [Number(given)];
  return Array.from({ length: count }, () => Math.floor(Math.random() * 2 ** 31));
}
