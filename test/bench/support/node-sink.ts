// A mail server that takes everything and keeps nothing but a count: where smtp-sink cannot be had, and for the size of a mail.

import type { AddressInfo } from 'node:net';

import { SMTPServer } from 'smtp-server';

import { obey, wall } from './child.ts';

let count = 0;
let bytes = 0;
let at = wall();
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  logger: false,
  onData: (stream, _session, done) => {
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    stream.on('end', () => {
      count += 1;
      at = wall();
      done();
    });
  },
});
server.on('error', () => undefined);

obey<{ kind: 'listen' } | { kind: 'count' }>(async ({ kind }) => {
  if (kind === 'count') return { count, at, bytes };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return { port: (server.server.address() as AddressInfo).port };
});
