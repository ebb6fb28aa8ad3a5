// Whether a storm left anything lost, doubled beyond what was in flight, changed or late: counted at the far side, then asked of the ledger.

import { titles } from './offices.ts';
import type { Accepted } from './sinks.ts';
import type { LedgerSays, Owed, Struck } from './storm.ts';
import { LEASE_S } from './world.ts';

export interface Verdict {
  /** What breaks the promise, in words; empty when it was kept. */
  readonly faults: readonly string[];
  readonly owed: number;
  readonly accepted: number;
  /** Put to the coordinator, or owed again at a stated time. */
  readonly told: number;
  readonly doubles: number;
  readonly ambiguous: number;
  /** Seconds from due to accepted. */
  readonly late: { readonly p50: number; readonly p99: number; readonly most: number };
  readonly stops?: readonly { readonly ms: number; readonly code: number | null }[];
}

/** What the queue lost is looked for once a minute, when it was handed over 20 s ago; a fault that strikes meanwhile begins this anew. */
const LOOK_MS = 80_000;
/** After that: one lease, one sweep, and what a start of Node takes. */
const RECOVERY_MS = (LEASE_S + 60 + 10) * 1_000;

export function judge(
  accepted: readonly Accepted[],
  owed: readonly Owed[],
  struck: readonly Struck[],
  ledger: readonly LedgerSays[],
): Verdict {
  const faults: string[] = [];
  const said = new Map(ledger.map((each) => [each.address, each]));
  const byRecipient = groupBy(accepted);
  const lateness: number[] = [];
  let told = 0;
  let doubles = 0;
  for (const { since, mailboxes, mobiles } of owed) {
    for (const address of [...mailboxes, ...mobiles]) {
      const got = byRecipient.get(address.replace('+', '')) ?? [];
      const { status = 'nothing', again = null } = said.get(address) ?? {};
      const [first] = got;
      if (first === undefined) {
        // An SMS whose fate is unknown is never sent blindly: it is the coordinator's to ask. A mail is owed again at a stated time.
        if (status === 'unknown' || (again !== null && again > 0)) told += 1;
        else faults.push(`lost: ${address}, of which the ledger says ${status}`);
        continue;
      }
      lateness.push(first.at - since);
      const allowed = outage(struck, since, first.at) + RECOVERY_MS;
      if (first.at - since > allowed && !deferred(got, struck)) {
        faults.push(`late: ${address} by ${seconds(first.at - since)} s, ${seconds(allowed)} s were allowed`);
      }
      doubles += got.length - 1;
      if (got.length > 1 && address.startsWith('+')) faults.push(`an SMS went twice: ${address}`);
      if (new Set(got.map(({ id }) => id)).size > 1) faults.push(`two Message-IDs for one message: ${address}`);
      if (new Set(got.map(({ hash }) => hash)).size > 1) faults.push(`two bodies under one Message-ID: ${address}`);
      const missing = titles().filter((title) => !address.startsWith('+') && !first.text.includes(title));
      if (missing.length > 0) faults.push(`not in the mail to ${address}: ${missing.join(', ')}`);
      if (!['sent', 'delivered', 'unknown'].includes(status)) faults.push(`accepted, yet the ledger says ${status}: ${address}`);
    }
  }
  const known = new Set(
    owed.flatMap(({ mailboxes, mobiles }) => [...mailboxes, ...mobiles].map((each) => each.replace('+', ''))),
  );
  for (const { to } of accepted) if (!known.has(to)) faults.push(`nobody was to be told: ${to}`);
  for (const { address, status } of ledger) {
    if ((status === 'sent' || status === 'delivered') && !byRecipient.has(address.replace('+', ''))) {
      faults.push(`the ledger says ${status}, the far side knows nothing: ${address}`);
    }
  }
  const ambiguous = struck.reduce((sum, { inFlight }) => sum + inFlight, 0) + accepted.filter(({ broken }) => broken).length;
  if (doubles > ambiguous)
    faults.push(`${doubles} doubles, though only ${ambiguous} messages were in flight when something broke`);
  const sorted = lateness.toSorted((one, other) => one - other);
  const at = (part: number): number => seconds(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return {
    faults,
    owed: known.size,
    accepted: accepted.length,
    told,
    doubles,
    ambiguous,
    late: { p50: at(0.5), p99: at(0.99), most: at(1) },
  };
}

export function groupBy(accepted: readonly Accepted[]): ReadonlyMap<string, readonly Accepted[]> {
  const groups = new Map<string, Accepted[]>();
  for (const each of accepted) {
    const known = groups.get(each.to);
    if (known === undefined) groups.set(each.to, [each]);
    else known.push(each);
  }
  return groups;
}

/** Milliseconds between the two in which something was broken, or what it broke was not looked for yet. */
function outage(struck: readonly Struck[], from: number, to: number): number {
  let sum = 0;
  let until = from;
  for (const each of struck.toSorted((one, other) => one.from - other.from)) {
    const ends = Math.min(to, each.to + LOOK_MS);
    sum += Math.max(0, ends - Math.max(until, each.from));
    until = Math.max(until, ends);
  }
  return sum;
}

/** The relay itself put it off, or left it open whether it took it: then its own wait counts (2 minutes; 15 minutes). */
function deferred(got: readonly Accepted[], struck: readonly Struck[]): boolean {
  const [first] = got;
  return first !== undefined && struck.some(({ name, to }) => name.includes('the relay') && first.at > to);
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
