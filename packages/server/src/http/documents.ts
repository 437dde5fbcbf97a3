import type { FastifyReply, FastifyRequest } from 'fastify';
import { failure, untilAborted } from 'koru-delta/inside';
import { addressOf } from './address.js';
import { type Call, poll } from './call.js';
import { entityTag, guardOf, names } from './entity-tag.js';
import { oneValue } from './json-value.js';
import { type Operation, paramsOf } from './params.js';
import { sendProblem } from './problem.js';
import { Refusal } from './refusal.js';
import type { Params, WriteLine } from './write-line.js';

/** The media type that asks for a version instead of its value. */
const VERSION = 'application/vnd.korudelta.version+json';
const BRACE = 0x7b;
const JSON_TEXT = 'application/json; charset=utf-8';

/** Answers a read whose result is its response. */
export async function read(
  name: string,
  operation: Operation,
  call: Call,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const params = paramsOf(operation, addressOf(request.raw.url ?? ''));
  const text =
    name === 'changes' && params.waitMs !== undefined
      ? await poll(call, params)
      : await untilAborted(call.engine.carrier.call(name, JSON.stringify(params)), call.gone);
  return reply.type(JSON_TEXT).send(text);
}

/** Answers a read with the value alone, or with its version where that is asked for. */
export async function readValue(
  name: string,
  operation: Operation,
  call: Call,
  { raw, headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const params = paramsOf(operation, addressOf(raw.url ?? ''));
  // In this thread, since the way to another and back costs many times what reading does. To find out why there is none, and
  // what was meant, takes longer.
  const found = call.engine.carrier.callNow(name, JSON.stringify(params));
  const text = found === 'null' ? await missing(name, params, call) : found;
  const { version, value } = parts(text);
  reply.header('vary', 'Accept').header('cache-control', 'no-cache');
  sendNames(reply, version);
  if (headers['if-none-match'] !== undefined && names(headers['if-none-match'], version.version))
    return reply.code(304).send();
  return wantsVersion(headers.accept) ? reply.type(VERSION).send(text) : reply.type(JSON_TEXT).send(value);
}

/** Fails with the reason why there is no value; gives one that was written meanwhile. */
function missing(name: string, params: Record<string, unknown>, { engine, gone }: Call): Promise<string> {
  return untilAborted(engine.carrier.call(name, JSON.stringify({ ...params, required: true })), gone);
}

/** Carries out a write. A guard in a header fails with the status that HTTP has for it. */
export async function write(
  name: string,
  operation: Operation,
  line: WriteLine,
  { raw, headers, body }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const params = paramsOf(operation, addressOf(raw.url ?? ''));
  const idempotencyKey = headers['idempotency-key'];
  if (idempotencyKey !== undefined) params.idempotencyKey = idempotencyKey;
  const ifVersion = guardOf(headers['if-match'], headers['if-none-match']);
  if (ifVersion !== undefined) params.ifVersion = ifVersion;
  const sent = withBody(operation, params, body as Buffer | undefined);
  try {
    const result = await line.write(name, sent);
    if ('ifVersion' in operation.params) sendNames(reply, parts(result).version);
    return reply.type(JSON_TEXT).send(result);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const isGuard = ifVersion !== undefined && error.record.code === 'conflict';
    return sendProblem(reply, brokenBody(error) ?? error, isGuard ? 412 : undefined);
  }
}

const NOTHING = Buffer.alloc(0);

/** The text of params, with the body in its place. */
function withBody({ http }: Operation, params: Record<string, unknown>, body: Buffer = NOTHING): Params {
  const text = JSON.stringify(params);
  if (http.body === 'value') return { before: `${text.slice(0, -1)},"value":`, body: oneValue(body), after: '}' };
  if (http.body === 'params') return besides(text, oneValue(body));
  if (body.length > 0) throw failure('invalid_params', 'This write takes no body.');
  return { before: text, body, after: '' };
}

/** Params of which some stand in the address, and the others are the body: one object. */
function besides(text: string, object: Buffer): Params {
  if (object[0] !== BRACE) throw failure('invalid_params', 'The body is one JSON object: the params of the operation.');
  if (text === '{}') return { before: '', body: object, after: '' };
  const rest = object.subarray(1);
  const isEmpty = rest.toString('latin1', 0, 64).trimStart().startsWith('}');
  return { before: `${text.slice(0, -1)}${isEmpty ? '' : ','}`, body: rest, after: '' };
}

/** The failure of a body that is no JSON inside: the rest of its line is ours, so the engine can stumble over nothing else. */
function brokenBody({ record: { code, detail } }: Refusal): Error | undefined {
  if (code !== 'bad_request') return undefined;
  return failure('invalid_json', `The body is not JSON: ${detail.replace('The line is no request: ', '')}`);
}

/** A version without its value. */
interface Names {
  readonly version: string;
  readonly seq: number;
  readonly timestamp: string;
}

/**
 * The parts of a version as text: parsing its value would cost numbers their digits. The first member `value` is the
 * version's own, since the names before it are strings, in which a quote is escaped; the last member `previous` is, since a
 * string stands or strings stand behind it.
 */
function parts(text: string): { version: Names; value: string } {
  const start = text.indexOf(',"value":');
  const end = text.lastIndexOf(',"previous":');
  const names = JSON.parse(`${text.slice(0, start < 0 ? end : start)}}`) as Names;
  return { version: names, value: start < 0 ? '' : text.slice(start + ',"value":'.length, end) };
}

function sendNames(reply: FastifyReply, { version, seq, timestamp }: Names): void {
  reply.header('etag', entityTag(version)).header('koru-seq', String(seq)).header('koru-timestamp', timestamp);
}

function wantsVersion(accept = ''): boolean {
  return accept.split(',').some((type) => type.split(';')[0]?.trim().toLowerCase() === VERSION);
}
