import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62 } from './base62.js';

/** `kdelta_<id>_<secret><check>`: 12, 43 and 6 characters of base 62. */
const FORM = /^(kdelta_([0-9A-Za-z]{12})_([0-9A-Za-z]{43}))([0-9A-Za-z]{6})$/;

const ID_CHARACTERS = 12;
/** 62 to this power is more than 2 to the 256. */
const SECRET_CHARACTERS = 43;
const CHECK_CHARACTERS = 6;

/** What the text of a key says. */
export interface KeyText {
  /** By this it is found and spoken of. */
  readonly id: string;
  readonly secret: string;
}

/** Makes the text of a new key. Its secret has 256 bits, so a plain hash of it can be kept. */
export function newKeyText(): string {
  const text = `kdelta_${random(9, ID_CHARACTERS).slice(-ID_CHARACTERS)}_${random(32, SECRET_CHARACTERS)}`;
  return text + check(text);
}

/** Reads the text of a key; undefined when it is none. The check tells a misspelled key and lets scanners find lost ones. */
export function readKeyText(text: string): KeyText | undefined {
  const [, body = '', id = '', secret = '', sum] = FORM.exec(text) ?? [];
  return sum !== undefined && sum === check(body) ? { id, secret } : undefined;
}

/** What is kept of a secret. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether a secret is the one of which the hash was kept, in a time that tells nothing about it. */
export function fits(secret: string, hash: string): boolean {
  const [given, kept] = [Buffer.from(hashOf(secret), 'hex'), Buffer.from(hash, 'hex')];
  return given.length === kept.length && timingSafeEqual(given, kept);
}

function random(bytes: number, characters: number): string {
  return base62(BigInt(`0x${randomBytes(bytes).toString('hex')}`), characters);
}

function check(text: string): string {
  return base62(BigInt(crc32(text)), CHECK_CHARACTERS);
}
