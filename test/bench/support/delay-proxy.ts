// A line with a distance: what comes in is passed on after a while, in both directions, in its order. A process of its own, so that
// whoever is measured does not pay for it. Started by distance.ts; `delayedPort` is for whoever needs one too.

import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

import { obey } from './child.ts';

/** Half of the round trip on each way; timers know whole milliseconds. */
function pass(from: Socket, to: Socket, ms: number): void {
  from.on('data', (chunk: Buffer) => {
    setTimeout(() => {
      if (to.writable) to.write(chunk);
    }, ms);
  });
  from.on('close', () => setTimeout(() => to.destroy(), ms));
  from.on('end', () => setTimeout(() => to.end(), ms));
  from.on('error', () => undefined);
  from.setNoDelay(true);
}

obey<{ kind: 'listen'; port: number; roundTripMs: number }>(async ({ port, roundTripMs }) => {
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    pass(near, far, Math.floor(roundTripMs / 2));
    pass(far, near, Math.ceil(roundTripMs / 2));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return { port: (server.address() as AddressInfo).port };
});
