// COPY over pg's own connection, in both directions and in step with whoever is slower. pg knows the messages; nothing installed drives them.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';

import type pg from 'pg';

/** What of pg's connection COPY uses; its types leave it out. */
interface CopyConnection {
  readonly stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** Rows are small: handed on one by one they would cost more than the server does. */
const BLOCK_BYTES = 65_536;

/** `COPY … TO STDOUT`: the bytes as they come, in blocks of whole rows. */
class CopyOut extends Readable implements pg.Submittable {
  readonly #text: string;
  #connection: CopyConnection | null = null;
  #rows: Buffer[] = [];
  #bytes = 0;

  constructor(text: string) {
    super({ highWaterMark: BLOCK_BYTES });
    this.#text = text;
  }

  submit(connection: unknown): void {
    this.#connection = connection as CopyConnection;
    this.#connection.query(this.#text);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // The parser writes over what it read from.
    this.#rows.push(Buffer.from(chunk));
    this.#bytes += chunk.length;
    if (this.#bytes >= BLOCK_BYTES) this.#pass();
  }

  handleCommandComplete(): void {
    this.#pass();
  }

  handleReadyForQuery(): void {
    this.push(null);
  }

  handleError(error: Error): void {
    this.destroy(error);
  }

  override _read(): void {
    this.#connection?.stream.resume();
  }

  #pass(): void {
    if (this.#bytes === 0) return;
    const block = Buffer.concat(this.#rows);
    this.#rows = [];
    this.#bytes = 0;
    if (!this.push(block)) this.#connection?.stream.pause();
  }
}

export function copyOut(client: pg.ClientBase, text: string): AsyncIterable<Buffer> {
  return client.query(new CopyOut(text));
}

/** `COPY … FROM STDIN`. Rejects with what `blocks` throws, or with what the server says. */
export function copyIn(client: pg.ClientBase, text: string, blocks: AsyncIterable<Buffer>): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | null = null;
    const send = async (connection: CopyConnection): Promise<void> => {
      try {
        for await (const block of blocks) {
          if (failure !== null) return;
          connection.sendCopyFromChunk(block);
          if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
        }
        connection.endCopyFrom();
      } catch (error) {
        failure ??= error instanceof Error ? error : new Error(String(error));
        connection.sendCopyFail('the rest cannot be read');
      }
    };
    const query = {
      submit: (connection: unknown): void => (connection as CopyConnection).query(text),
      handleCopyInResponse: (connection: unknown): void => void send(connection as CopyConnection),
      handleCommandComplete: (): void => undefined,
      handleReadyForQuery: (): void => (failure === null ? resolve() : reject(failure)),
      handleError: (error: Error): void => {
        failure ??= error;
        reject(failure);
      },
    };
    client.query(query as pg.Submittable);
  });
}
