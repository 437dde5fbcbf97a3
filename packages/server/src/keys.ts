export { type ApiKey, type Scopes, stateOf } from './keys/key.js';
export { KeyFile, type KeyOptions, type NewKey } from './keys/key-file.js';
