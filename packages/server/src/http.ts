export type { LogLevel } from './http/log.js';
export { type ServeOptions, type Server, serve } from './http/server.js';
