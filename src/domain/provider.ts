// What every process keeps to at one mail server or gateway, all of them together: how fast, and over how many connections.

import type { ChannelName } from './delivery.ts';

export interface Rate {
  readonly perSecond: number;
  /** So many may go at once; over any time never more than this plus the rate. */
  readonly burst: number;
}

export interface Provider {
  /** Scheme, host and port; no login. */
  readonly name: string;
  readonly channel: ChannelName;
  /** Null: as fast as it takes them, until it says that it was too fast. */
  readonly rate: Rate | null;
  /** Connections of all processes together; null: each process minds its own. */
  readonly connections: number | null;
}

/** Asked by a channel, for each message, when it could begin. */
export interface Gate {
  /** True when one may leave now, false when `turn` aborts first. */
  pass(turn: AbortSignal): Promise<boolean>;
  /** The provider said so: everybody slows down. */
  tooFast(): void;
  /** One of the connections that all share; null when `turn` aborts first. Only asked of a provider that has a number of them. */
  connect(turn: AbortSignal): Promise<Connection | null>;
}

/** The right to one connection. */
export interface Connection {
  /** False once somebody else may have it: close the line before anything else. */
  readonly held: boolean;
  giveBack(): Promise<void>;
}
