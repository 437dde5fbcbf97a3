import { header } from '../header.js';
import { method, type Voice } from './python-methods.js';
import { isOfView, methods } from './python-plan.js';
import { reads, transactions, writes } from './python-template.js';

const threads: Voice = { prefix: '', def: 'def', wait: '', each: 'for' };
const loop: Voice = { prefix: 'Async', def: 'async def', wait: 'await ', each: 'async for' };

/** The client for threads. */
export const pythonClient = (): string => client(threads);

/** The client for an event loop. */
export const pythonAsyncClient = (): string => client(loop);

/** One client: what the template says, and between it the methods of the table. */
function client(voice: Voice): string {
  const ofView = methods.filter(isOfView).map((operation) => method(operation, voice));
  const others = methods.filter((operation) => !isOfView(operation)).map((operation) => method(operation, voice));
  return [header('#'), reads(voice, ofView.join('\n')), transactions(voice), writes(voice, others.join('\n'))].join('');
}
