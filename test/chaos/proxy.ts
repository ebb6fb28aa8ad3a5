// The network between our processes and one server: a TCP relay whose lines can be cut or held, and that can follow the server to another port.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** The server stands there now; lines that are open stay where they are. */
  retarget(port: number): void;
  /** Breaks every line and refuses new ones by breaking them at once, until `heal`. */
  cut(): void;
  /** Half-open: lines stand and take bytes, nothing comes through in either direction, until `heal`. */
  hold(): void;
  heal(): void;
  close(): Promise<void>;
}

type State = 'open' | 'cut' | 'held';

export async function startProxy(target: number): Promise<Proxy> {
  let to = target;
  let state: State = 'open';
  const lines = new Set<readonly [Socket, Socket]>();
  const waiting = new Set<Socket>();

  const join = (near: Socket): void => {
    const far = connect(to, '127.0.0.1');
    const line = [near, far] as const;
    lines.add(line);
    const part = (): void => {
      lines.delete(line);
      near.destroy();
      far.destroy();
    };
    for (const [from, other] of [line, [far, near]] as const) {
      from.setNoDelay(true);
      from.on('error', part).on('close', part);
      from.pipe(other);
    }
  };

  const server = createServer((near) => {
    near.on('error', () => near.destroy());
    if (state === 'cut') near.destroy();
    else if (state === 'open') join(near);
    else {
      near.pause();
      waiting.add(near.once('close', () => waiting.delete(near)));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const breakLines = (): void => {
    for (const [near, far] of lines) {
      near.destroy();
      far.destroy();
    }
    for (const near of waiting) near.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    retarget: (port) => {
      to = port;
    },
    cut: () => {
      state = 'cut';
      breakLines();
    },
    hold: () => {
      state = 'held';
      for (const [near, far] of lines) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
    },
    heal: () => {
      if (state === 'held') {
        for (const [near, far] of lines) {
          near.pipe(far);
          far.pipe(near);
        }
        for (const near of waiting) join(near);
        waiting.clear();
      }
      state = 'open';
    },
    close: async () => {
      breakLines();
      server.close();
      await once(server, 'close');
    },
  };
}
