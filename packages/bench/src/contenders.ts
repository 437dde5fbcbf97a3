import type { Contender } from './contender.js';
import { languageContenders } from './languages.js';
import { engine, engineSealed } from './stores/engine.js';
import { floor } from './stores/floor.js';
import { koruDelta, koruDeltaLines, koruDeltaSealed } from './stores/koru-delta.js';
import { level } from './stores/level.js';
import { lmdb } from './stores/lmdb.js';
import { httpLines, stdioLines } from './stores/served.js';
import { sqlite } from './stores/sqlite.js';
import { zeroFilled } from './stores/zero-filled.js';

/** Everything that can be measured, in the order of the tables. */
export const contenders: readonly Contender[] = [
  floor,
  zeroFilled,
  engine,
  engineSealed,
  koruDelta,
  koruDeltaLines,
  koruDeltaSealed,
  httpLines,
  stdioLines,
  lmdb,
  sqlite,
  level,
  ...languageContenders,
];

export function contenderOf(id: string): Contender {
  const found = contenders.find((contender) => contender.id === id);
  if (!found) throw new Error(`There is no contender ${id}.`);
  return found;
}
