// The files that the demonstration loads, made of the data in the package `vega-datasets`.

import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

// The package exports its loaders alone; the files lie beside them.
const data = join(dirname(fileURLToPath(import.meta.resolve('vega-datasets'))), '..', 'data');

/**
 * The prices of five shares at the beginning of each month, as a history: each price is a version of its share's key.
 *
 * @param {string} file
 */
export function writeStocks(file) {
  const lines = rows('stocks.csv').map(({ symbol, date, price }) => ({
    key: `stocks/${symbol}`,
    timestamp: new Date(`${date} UTC`).toISOString().slice(0, 10),
    value: { price: Number(price) },
  }));
  // The file goes share by share, and a history goes in the order of time.
  lines.sort((a, b) => a.timestamp.localeCompare(b.timestamp));
  writeLines(file, lines);
}

/**
 * The weather of Seattle, day by day, as the history of one key.
 *
 * @param {string} file
 */
export function writeWeather(file) {
  const lines = rows('seattle-weather.csv').map(({ date, weather, ...measured }) => ({
    key: 'weather/seattle',
    timestamp: date,
    value: { weather, ...Object.fromEntries(Object.entries(measured).map(([name, text]) => [name, Number(text)])) },
  }));
  writeLines(file, lines);
}

/**
 * Two hundred thousand flights, one document each.
 *
 * @param {string} file
 */
export async function writeFlights(file) {
  /** @type {object[]} */
  const flights = JSON.parse(readFileSync(join(data, 'flights-200k.json'), 'utf8'));
  const lines = function* () {
    for (const [index, value] of flights.entries()) {
      yield `${JSON.stringify({ key: `flights/${String(index + 1).padStart(6, '0')}`, value })}\n`;
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(file));
  return flights.length;
}

/**
 * The rows of a file with comma-separated values, none of which holds a comma.
 *
 * @param {string} name
 * @returns {Record<string, string>[]}
 */
function rows(name) {
  const [head = '', ...body] = readFileSync(join(data, name), 'utf8').trim().split(/\r?\n/);
  const names = head.split(',');
  return body.map((row) => {
    const cells = row.split(',');
    return Object.fromEntries(names.map((column, at) => [column, cells[at] ?? '']));
  });
}

/**
 * @param {string} file
 * @param {object[]} lines
 */
function writeLines(file, lines) {
  writeFileSync(file, lines.map((item) => `${JSON.stringify(item)}\n`).join(''));
}
