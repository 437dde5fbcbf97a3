import { errors } from '@koru-delta/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { ServerProcess } from '../src/program.js';

async function server(...options: string[]): Promise<string> {
  const process = await ServerProcess.start(...options);
  onTestFinished(() => process.stop());
  return process.url;
}

async function refused(response: Response, code: keyof typeof errors): Promise<void> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const { title, retryable, http, exit } = { ...{ retryable: false }, ...errors[code] };
  expect(await response.json()).toMatchObject({
    code,
    title,
    retryable,
    exitCode: exit,
    httpStatus: http,
    status: http,
    type: `https://korudelta.io/errors/${code}`,
  });
  expect(response.status).toBe(http);
}

test('requests that no client makes are refused as the catalogue says', async () => {
  const url = await server();
  const key = `${url}/v1/db/users/alice`;
  const send = (path: string, method: string, type?: string, body?: string) =>
    fetch(path, { method, ...(type ? { headers: { 'content-type': type } } : {}), ...(body ? { body } : {}) });

  await refused(await send(key, 'POST', 'application/json', '1'), 'method_not_allowed');
  await refused(await send(key, 'PUT', 'text/html', '<p>'), 'unsupported_media_type');
  await refused(await send(key, 'PUT', 'application/json', '{"a":'), 'invalid_json');
  await refused(await send(`${url}/v1/nothing`, 'GET'), 'unknown_operation');
  await refused(await send(`${url}/v1/db/%ff/k`, 'GET'), 'bad_request');
  expect((await fetch(`${url}/v1/stats`)).status).toBe(200);
});

test('a client that asks too often has to wait', async () => {
  const url = await server('--rate', '2');
  const responses = await Promise.all(Array.from({ length: 12 }, () => fetch(`${url}/v1/stats`)));
  const late = responses.filter(({ status }) => status === 429);
  expect(late.length).toBeGreaterThan(0);
  expect(Number(late[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
  await refused(late[0]!, 'rate_limited');
});
