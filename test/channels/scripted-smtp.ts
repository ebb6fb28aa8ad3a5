// A mail relay that fails exactly where it is told to: raw TCP, one script for all its connections.

import { createServer, type Socket } from 'node:net';

/**
 * `drop` ends the line, `reset` tears it, `hang` says nothing more, `trickle` begins a reply and never ends it;
 * anything else is sent as a reply line.
 */
type Act = string;

export interface Script {
  readonly greeting?: Act;
  readonly ehlo?: Act;
  readonly auth?: Act;
  readonly mail?: Act;
  readonly rcpt?: Act;
  readonly data?: Act;
  /** As soon as the first bytes of the message come. */
  readonly body?: Act;
  readonly dot?: Act;
  /** After the reply to the final dot. */
  readonly after?: Act;
  readonly pipelining?: boolean;
}

export interface ScriptedRelay {
  readonly url: string;
  readonly port: number;
  /** Whole messages that came to their final dot. */
  readonly messages: string[];
  /** Commands in order, without those of the message itself. */
  readonly commands: string[];
  /** How often someone has connected. */
  connections: number;
  script: Script;
  /** Resolves with the next command that begins so, or the next whole message for `message`. */
  seen(what: string): Promise<void>;
  close(): Promise<void>;
}

export async function startRelay(script: Script = {}): Promise<ScriptedRelay> {
  const sockets = new Set<Socket>();
  const watchers: { readonly what: string; readonly tell: () => void }[] = [];
  const note = (line: string): void => {
    for (const { what, tell } of watchers) if (line.startsWith(what)) tell();
  };
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    sockets.add(socket);
    relay.connections += 1;
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    converse(socket, relay, note);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const relay: ScriptedRelay = {
    url: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    messages: [],
    commands: [],
    connections: 0,
    script,
    seen: (what) => new Promise((resolve) => watchers.push({ what, tell: resolve })),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return relay;
}

function converse(socket: Socket, relay: ScriptedRelay, note: (line: string) => void): void {
  let inData = false;
  let silent = false;
  let buffer = '';
  const act = (what: Act): boolean => {
    if (silent) return false;
    if (what === 'hang') silent = true;
    else if (what === 'trickle') {
      const timer = setInterval(() => socket.write('2'), 20);
      socket.on('close', () => clearInterval(timer));
    } else if (what === 'drop') socket.end();
    else if (what === 'reset') socket.resetAndDestroy();
    else socket.write(`${what}\r\n`);
    return !['hang', 'drop', 'reset', 'trickle'].includes(what);
  };
  const command = (line: string): void => {
    const { script } = relay;
    relay.commands.push(line);
    note(line);
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO')
      act(script.ehlo ?? `250-relay${script.pipelining ? '\r\n250-PIPELINING' : ''}\r\n250-AUTH PLAIN\r\n250 8BITMIME`);
    else if (verb === 'AUTH') act(script.auth ?? '235 ok');
    else if (verb === 'MAIL') act(script.mail ?? '250 ok');
    else if (verb === 'RCPT') act(script.rcpt ?? '250 ok');
    else if (verb === 'DATA') inData = act(script.data ?? '354 go on') && (script.data ?? '354').startsWith('3');
    else if (verb === 'QUIT') act('221 bye');
    else if (verb === 'STAR') act('502 5.5.1 not implemented');
    else act('250 ok');
  };
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    for (;;) {
      if (inData) {
        if (relay.script.body !== undefined && buffer.length > 0) {
          act(relay.script.body);
          return;
        }
        const empty = buffer.startsWith('.\r\n');
        const end = empty ? -2 : buffer.indexOf('\r\n.\r\n');
        if (end === -1) return;
        if (!empty) {
          relay.messages.push(buffer.slice(0, end));
          note('message');
        }
        buffer = buffer.slice(end + 5);
        inData = false;
        if (act(relay.script.dot ?? '250 2.0.0 Ok: queued as 4F9A1') && relay.script.after !== undefined) act(relay.script.after);
        continue;
      }
      const end = buffer.indexOf('\r\n');
      if (end < 0) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      command(line);
    }
  });
  act(relay.script.greeting ?? '220 relay ready');
}
