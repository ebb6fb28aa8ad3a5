/** A TCP proxy in front of a server of the test, which can go deaf: bytes vanish, and nobody is told. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** From now on nothing passes on the connections there are; new ones are like before. */
  deafen(): void;
  /** How many connections were made so far. */
  readonly made: number;
  close(): Promise<void>;
}

export async function startProxy(to: number): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let made = 0;
  const server = createServer((from) => {
    made += 1;
    const pair = [from, connect(to, '127.0.0.1')] as const;
    pairs.add(pair);
    const [near, far] = pair;
    near.pipe(far);
    far.pipe(near);
    for (const [one, other] of [pair, [far, near] as const]) {
      one.on('error', () => undefined);
      one.once('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get made() {
      return made;
    },
    deafen() {
      for (const [near, far] of pairs) {
        for (const [one, other] of [
          [near, far],
          [far, near],
        ] as const) {
          one.unpipe(other);
          one.resume();
        }
      }
    },
    async close() {
      server.close();
      for (const [near] of pairs) near.destroy();
      await once(server, 'close');
    },
  };
}
