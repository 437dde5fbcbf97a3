import { KoruDelta } from 'koru-delta';

const db = await KoruDelta.startWithPath('demo-data/db');

// Each day's weather is a version of one key: its history is the whole series.
const days = await db.history('weather', 'seattle').toArray();
const hottest = days.reduce((a, b) => (b.value.temp_max > a.value.temp_max ? b : a));
const when = hottest.timestamp.slice(0, 10);
console.log(`${days.length} days. The hottest: ${when}, ${hottest.value.temp_max} degrees.`);

// A view answers every read as of its moment.
const before = db.at('2008-08-01');
const after = db.at('2009-02-01');
for await (const { key, value } of before.list('stocks')) {
  const { price } = await after.getOrThrow('stocks', key);
  const change = Math.round((price / value.price - 1) * 100);
  console.log(`${key}  ${value.price} -> ${price}  (${change} %)`);
}

await db.close();
