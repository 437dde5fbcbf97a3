import { failure, untilAborted } from 'koru-delta/inside';
import { hello } from '../hello.js';
import { errorText, type Request, resultText } from '../message.js';
import { type Call, poll } from './call.js';

/** How many lines go to the engine at once, so that the answers of a long body do not wait in memory together. */
const LINES_MAX = 1_024;

const FEED = 0x0a;

/** The streams, which have routes of their own here. */
const streams: Readonly<Record<string, string>> = {
  watch: 'GET /v1/watch',
  export: 'GET /v1/export',
  import: 'POST /v1/import',
  load: 'POST /v1/load',
};

/** The answers to a body of requests, a line each, in the order of the requests. */
export async function* answers(call: Call, body: Buffer): AsyncGenerator<string, void, undefined> {
  for (const piece of pieces(body)) {
    if (call.isGone) return;
    const { answers, left } = await call.engine.converse(piece);
    if (left.length === 0) yield answers;
    else
      yield* inOrder(call, {
        lines: piece.toString('utf8').split('\n'),
        answers: answers.split('\n').slice(0, -1),
        left,
      });
  }
}

/** The body in pieces of whole lines. */
function* pieces(body: Buffer): Generator<Buffer, void, undefined> {
  let start = 0;
  let lines = 0;
  for (let at = body.indexOf(FEED); at >= 0; at = body.indexOf(FEED, at + 1)) {
    lines += 1;
    if (lines < LINES_MAX) continue;
    yield body.subarray(start, at + 1);
    start = at + 1;
    lines = 0;
  }
  if (start < body.length) yield body.subarray(start);
}

interface Mixed {
  readonly lines: readonly string[];
  /** Of those lines that the engine has answered. */
  readonly answers: readonly string[];
  /** Those that it has not. */
  readonly left: readonly string[];
}

/** Answers what the engine left, each at the place of its line among the answers that the engine gave. */
async function* inOrder(call: Call, { lines, answers, left }: Mixed): AsyncGenerator<string> {
  let [taken, given] = [0, 0];
  for (const line of lines.map((line) => line.trim())) {
    if (line === '' || call.isGone) continue;
    if (line === left[taken]) {
      taken += 1;
      yield await answer(call, JSON.parse(line) as Request);
    } else if (given < answers.length && wantsAnswer(line)) {
      yield `${answers[given]}\n`;
      given += 1;
    }
  }
  for (const rest of answers.slice(given)) yield `${rest}\n`;
}

/** Whether the engine has answered a line: everything but a request that is well formed and has no id. */
function wantsAnswer(line: string): boolean {
  try {
    return ((JSON.parse(line) as Request).id ?? undefined) !== undefined;
  } catch {
    return true;
  }
}

/** Carries out a request that the engine left to its carrier; nothing is answered where nothing is wanted. */
async function answer(call: Call, { id, method, params }: Request): Promise<string> {
  let text: string;
  try {
    text = resultText(id, await result(call, method, params ?? {}));
  } catch (error) {
    text = errorText(id, error);
  }
  return id === undefined ? '' : text;
}

async function result(call: Call, method: string, params: Record<string, unknown>): Promise<string> {
  if (method === 'hello') return hello(params, []);
  const route = Object.hasOwn(streams, method) ? streams[method] : undefined;
  if (route !== undefined)
    throw failure('unknown_operation', `'${method}' is a stream, and over HTTP it has a route of its own.`, {
      hints: [{ text: `Its route is ${route}` }],
    });
  if (method === 'changes' && params.waitMs !== undefined) return poll(call, params);
  return untilAborted(call.engine.carrier.call(method, JSON.stringify(params)), call.gone);
}
