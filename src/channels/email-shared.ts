// A lane that keeps to what all processes share: it connects only while it has the right to one of the connections, and begins a mail only
// when the pace allows. It gives its connection back when it has nothing to do, and now and then while it has, so that others come to theirs.

import type { OutgoingEmail, Outcome } from '../domain/delivery.ts';
import type { Connection, Gate } from '../domain/provider.ts';
import type { Lane } from './email-lane.ts';

/** A lane that may have to wait before it begins: `turn` ends the waiting. */
export interface SharedLane {
  send(message: OutgoingEmail, signal: AbortSignal, turn: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

const IDLE_MS = 1_000;
const MOST_MS = 10_000;
/** Longer than others wait before they ask again. */
const YIELD_MS = 300;

/** Without a gate the lane is as it is; `sharing` says whether there is a number of connections for all. */
export function shareLane(open: () => Lane, gate: Gate | null, sharing: boolean): SharedLane {
  return sharing && gate !== null ? openSharing(open, gate) : openPaced(open(), gate);
}

function openPaced(lane: Lane, gate: Gate | null): SharedLane {
  return {
    send: (message, signal, turn) => (gate === null ? lane.send(message, signal) : paced(lane, gate, message, signal, turn)),
    close: () => {
      lane.close();
      return Promise.resolve();
    },
  };
}

async function paced(lane: Lane, gate: Gate, message: OutgoingEmail, signal: AbortSignal, turn: AbortSignal): Promise<Outcome> {
  if (!(await gate.pass(turn))) return NOT_BEGUN;
  const outcome = await lane.send(message, signal);
  if (outcome.outcome === 'throttled' && outcome.about !== 'recipient') gate.tooFast();
  return outcome;
}

function openSharing(open: () => Lane, gate: Gate): SharedLane {
  let own: { readonly lane: Lane; readonly connection: Connection; readonly since: number } | null = null;
  let idle: NodeJS.Timeout | undefined;

  const drop = async (): Promise<void> => {
    clearTimeout(idle);
    const { lane, connection } = own ?? {};
    own = null;
    lane?.close();
    await connection?.giveBack();
  };

  return {
    send: async (message, signal, turn) => {
      clearTimeout(idle);
      const tired = own !== null && performance.now() - own.since > MOST_MS;
      if (own !== null && (tired || !own.connection.held)) await drop();
      if (tired) await new Promise((resolve) => setTimeout(resolve, YIELD_MS));
      if (own === null) {
        const connection = await gate.connect(turn);
        if (connection === null) return NOT_BEGUN;
        own = { lane: open(), connection, since: performance.now() };
      }
      try {
        return await paced(own.lane, gate, message, signal, turn);
      } finally {
        idle = setTimeout(() => void drop(), IDLE_MS);
      }
    },
    close: drop,
  };
}

const NOT_BEGUN: Outcome = {
  outcome: 'retryable',
  code: 'aborted',
  message: 'its turn did not come in time',
  begun: false,
};
