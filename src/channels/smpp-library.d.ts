// What this product uses of npm `smpp` 0.5.1, which brings no types. (Not named smpp.d.ts: the compiler would take it for smpp.ts.)

declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  export interface ShortMessage {
    readonly udh?: readonly Buffer[];
    readonly message: string | Buffer;
  }

  export class PDU {
    constructor(command: string, options?: Record<string, unknown>);
    readonly command: string;
    readonly command_status: number;
    sequence_number: number;
    readonly message_id?: string;
    readonly short_message?: ShortMessage;
    readonly message_payload?: ShortMessage;
    readonly receipted_message_id?: string;
    readonly message_state?: number;
    readonly esm_class?: number;
    readonly data_coding?: number;
    readonly registered_delivery?: number;
    readonly source_addr?: string;
    readonly destination_addr?: string;
    readonly system_id?: string;
    readonly password?: string;
    isResponse(): boolean;
    response(options?: Record<string, unknown>): PDU;
    toBuffer(): Buffer;
  }

  export class Session extends EventEmitter {
    constructor(options: { socket: Socket });
    readonly socket: Socket;
    /** False when the socket can no longer be written: nothing was sent. Throws when the PDU cannot be encoded. */
    send(pdu: PDU): boolean;
    destroy(): void;
  }

  export class Server extends NetServer {
    readonly sessions: Session[];
  }

  const smpp: {
    readonly Session: typeof Session;
    readonly PDU: typeof PDU;
    /** With `key` and `cert` a TLS server. */
    createServer(options: { key?: string; cert?: string }, listener: (session: Session) => void): Server;
  };
  export default smpp;
}
