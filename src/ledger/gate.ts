// Which code may work here. A migration that older code cannot live with raises the gate; claims find out in their own statement.

import { LedgerOutdated } from './ledger.ts';
import { type Db, sqlState } from './pool.ts';

/** What `cuiban.held_at_claim` raises. */
const OUTDATED = 'CU001';

export async function mayWork(db: Db, version: number): Promise<boolean> {
  const { rows } = await db.query<{ minimum: number }>('SELECT minimum FROM cuiban.gate');
  return version >= (rows[0]?.minimum ?? 0);
}

export function outdated(version: number): LedgerOutdated {
  return new LedgerOutdated(`台账已由更新的版本升级，本程序（台账版本 ${version}）不能再用它；请换用新版本的 cuiban`);
}

/** A claim that the gate turned away says so in the ledger's words. */
export async function throughGate<T>(version: number, claim: Promise<T>): Promise<T> {
  try {
    return await claim;
  } catch (error) {
    throw sqlState(error) === OUTDATED ? outdated(version) : error;
  }
}
