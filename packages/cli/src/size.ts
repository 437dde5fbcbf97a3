const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A number of bytes for people: `512 B`, `3.4 MB`. */
export function size(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  return `${power > 0 && amount < 100 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`;
}

/** A count for people: `12,345`. */
export function count(amount: number): string {
  return amount.toLocaleString('en-US');
}

/** A count with its noun: `1 version`, `12,345 versions`. */
export function counted(amount: number, noun: string, plural = `${noun}s`): string {
  return `${count(amount)} ${amount === 1 ? noun : plural}`;
}
