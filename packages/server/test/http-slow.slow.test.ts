import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { Feed } from './feed.js';
import { Site, type Wire } from './site.js';

const LOAD =
  'POST /v1/load HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n';

/** How long a request of somebody who behaves takes at most, among so many. */
async function slowest(site: Site, count: number): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const began = performance.now();
    expect((await site.ask('/v1/db/users/alice')).status).toBe(200);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(count * 0.99)] ?? 0;
}

/** How long a connection lives, in seconds. */
async function lifetime(wire: Wire): Promise<number> {
  const began = performance.now();
  await wire.closed;
  return (performance.now() - began) / 1_000;
}

test('a thousand connections that say nothing, or a byte a second, cost the others little and are cut off', async () => {
  const site = await Site.begin();
  await site.put('/v1/db/users/alice', '1');
  const silent = Array.from({ length: 500 }, () => site.connect());
  const slow = Array.from({ length: 500 }, () => site.connect().send('GET /v1/db HTTP/1.1\r\nHost: local'));
  const dripping = setInterval(() => {
    for (const wire of slow) if (wire.socket.writable) wire.send('h');
  }, 1_000);
  const lives = Promise.all([...silent, ...slow].map(lifetime));
  expect(await slowest(site, 500)).toBeLessThan(250);
  const seconds = (await lives).sort((a, b) => a - b);
  clearInterval(dripping);
  expect(seconds.at(-1)).toBeLessThan(14);
  expect(slow[0]?.text).toMatch(/^HTTP\/1\.1 408 /);
  expect((await site.ask('/health')).status).toBe(200);
}, 40_000);

test('a body that stands still is cut off, wherever it is going, and nothing is written', async () => {
  const site = await Site.begin();
  const head = (path: string, type: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 100000\r\n\r\n`;
  const wires = [
    site.connect().send(head('/v1/rpc', 'application/json')),
    site.connect().send(`${head('/v1/load', 'application/x-ndjson')}{"key":"n/k","value":1}\n`),
    site.connect().send(`${LOAD}18\r\n{"key":"n/k","value":1}\n\r\n`),
    site.connect().send(LOAD),
  ];
  const dripping = wires[3] as Wire;
  const drip = setInterval(() => {
    if (dripping.socket.writable) dripping.send('1\r\n \r\n');
  }, 1_000);
  const moving = site.connect().send(LOAD);
  const flow = setInterval(() => moving.send(`400\r\n${' '.repeat(1_023)}\n\r\n`), 2_000);
  const seconds = await Promise.all(wires.map(lifetime));
  clearInterval(drip);
  clearInterval(flow);
  for (const one of seconds) {
    expect(one).toBeGreaterThan(25);
    expect(one).toBeLessThan(40);
  }
  expect(await site.versions()).toBe(0);
  expect(moving.socket.destroyed).toBe(false);
  moving.send('0\r\n\r\n');
  expect(await moving.until('"count":0')).toMatch(/^HTTP\/1\.1 200 /);
}, 60_000);

test('a client that takes nothing of its response is cut off, and holds little memory until then', async () => {
  const site = await Site.begin();
  const value = JSON.stringify('x'.repeat(8 << 20));
  for (let n = 0; n < 20; n += 1) await site.put(`/v1/db/n/${n}`, value);
  const before = process.memoryUsage().rss;
  const wires = ['/v1/export', '/v1/watch?since=seq:0', '/v1/db/n?limit=1'].map((path) => {
    const wire = site.connect();
    wire.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return wire;
  });
  await Promise.all(wires.map((wire) => wire.until('HTTP/1.1 200')));
  for (const wire of wires) wire.socket.pause();
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  expect(process.memoryUsage().rss - before).toBeLessThan(256 << 20);
  await new Promise((resolve) => setTimeout(resolve, 28_000));
  // The system still holds what it has taken: that the connection is gone is seen at the server.
  const began = performance.now();
  await site.server.stop();
  expect(performance.now() - began).toBeLessThan(2_000);
}, 90_000);

test('a thousand idle connections and five hundred feeds leave the server at ease', async () => {
  const site = await Site.begin();
  await site.put('/v1/db/users/alice', '1');
  const { port } = new URL(site.url);
  const sockets = await Promise.all(
    Array.from({ length: 1_000 }, async () => {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
      socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await new Promise((resolve) => socket.once('data', resolve));
      return socket;
    }),
  );
  const feeds = await Promise.all(Array.from({ length: 500 }, () => Feed.open(site, '/v1/watch?namespace=users')));
  expect(await slowest(site, 300)).toBeLessThan(250);
  const writes = 20;
  for (let n = 0; n < writes; n += 1) await site.put('/v1/db/users/alice', `${n}`);
  for (const feed of feeds) expect((await feed.take(writes)).at(-1)?.id).toBe(`seq:${writes + 1}`);
  for (const socket of sockets) socket.destroy();
}, 60_000);

test('a feed shows that it is there when nothing is written', async () => {
  const site = await Site.begin();
  const wire = site.connect();
  wire.send('GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const began = performance.now();
  await wire.until('\n:\n\n');
  expect(performance.now() - began).toBeLessThan(16_000);
}, 30_000);

test('a body without end, and a line without end, are refused at their limits, and cost little memory', async () => {
  const site = await Site.begin();
  const before = process.memoryUsage().rss;
  const block = Buffer.alloc(1 << 20, ' ');
  const endless = async (path: string, type: string) => {
    const wire = site.connect();
    wire.send(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    let sent = 0;
    while (!wire.socket.destroyed && !wire.text.includes('HTTP/1.1') && sent < 300) {
      wire.socket.write(`${block.length.toString(16)}\r\n`);
      wire.socket.write(block);
      if (!wire.socket.write('\r\n')) await Promise.race([once(wire.socket, 'drain').catch(() => {}), wire.closed]);
      sent += 1;
    }
    return { sent, text: await wire.until('}') };
  };
  for (const [path, type, status, most] of [
    ['/v1/rpc', 'application/json', 413, 40],
    ['/v1/batch', 'application/json', 413, 40],
    ['/v1/load', 'application/x-ndjson', 400, 80],
    ['/v1/load?form=batches', 'application/x-ndjson', 413, 80],
  ] as const) {
    const { sent, text } = await endless(path, type);
    expect([path, text.slice(0, 12)]).toEqual([path, `HTTP/1.1 ${status}`]);
    expect(sent).toBeLessThan(most);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(400 << 20);
  expect(await site.versions()).toBe(0);
}, 60_000);
