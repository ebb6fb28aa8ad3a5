// The ledger's PostgreSQL in simulated time: one server per run, one migrated template, a fresh copy for each seed.

import pg from 'pg';

import type { Instant } from '../../src/domain/time.ts';
import type { Engine } from './engine.ts';
import { startServer } from './server.ts';
import { layWire, tellTime } from './wire.ts';

/** What no verb tells: every step of every state, with the transaction that took it. */
const OBSERVERS = `
CREATE SCHEMA simulation;
CREATE SEQUENCE simulation.now;
CREATE OR REPLACE FUNCTION cuiban.clock() RETURNS timestamptz LANGUAGE sql VOLATILE
  AS 'SELECT to_timestamp(last_value / 1000.0) FROM simulation.now';
CREATE UNLOGGED TABLE simulation.step (
  number bigint GENERATED ALWAYS AS IDENTITY, kind text, id text, before text, after text, transaction xid8);
CREATE FUNCTION simulation.message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> NEW.status THEN
    INSERT INTO simulation.step (kind, id, before, after, transaction)
    VALUES ('message', NEW.id::text, OLD.status, NEW.status, pg_current_xact_id());
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER observe AFTER UPDATE OF status ON cuiban.message FOR EACH ROW EXECUTE FUNCTION simulation.message();
CREATE FUNCTION simulation.reminder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> NEW.state THEN
    INSERT INTO simulation.step (kind, id, before, after, transaction)
    VALUES ('reminder', NEW.id::text, concat_ws(' ', OLD.state, OLD.void_reason), NEW.state, pg_current_xact_id());
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER observe AFTER UPDATE OF state ON cuiban.reminder FOR EACH ROW EXECUTE FUNCTION simulation.reminder();
CREATE FUNCTION simulation.assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> NEW.status OR OLD.due IS DISTINCT FROM NEW.due THEN
    INSERT INTO simulation.step (kind, id, before, after, transaction)
    VALUES ('assignment', NEW.id::text, concat_ws(' ', OLD.status, OLD.due), concat_ws(' ', NEW.status, NEW.due), pg_current_xact_id());
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER observe AFTER UPDATE OF status, due ON cuiban.assignment FOR EACH ROW EXECUTE FUNCTION simulation.assignment();
`;

/** Leases and waits are minutes: the server's clock need not be told every millisecond. */
export const COARSE_MS = 1_000;

export interface Server {
  /** A fresh ledger of this engine's migrations. */
  fresh(engine: Engine): Promise<SeedDatabase>;
  close(): Promise<void>;
}

export interface SeedDatabase {
  readonly url: string;
  /** Before whatever the engine asks. */
  setTime(now: Instant): void;
  /** How often the engine may have asked. */
  readonly touched: number;
  rows<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  drop(): Promise<void>;
}

export async function openServer(): Promise<Server> {
  layWire();
  const server = await startServer();
  const admin = new pg.Pool({ connectionString: server.url('postgres'), max: 1 });
  // The server may be gone before the last good-bye has reached it.
  admin.on('error', () => undefined);
  const templates = new Map<Engine, Promise<string>>();
  let made = 0;
  const makeTemplate = async (engine: Engine): Promise<string> => {
    const name = `template_${made++}`;
    await admin.query(`CREATE DATABASE ${name}`);
    const ledger = await engine.openLedger({
      url: server.url(name),
      offices: () => new Map(),
      calendar: () => {
        throw new Error('nothing is placed while tables are made');
      },
    });
    await ledger.migrate();
    await ledger.close();
    const client = new pg.Client({ connectionString: server.url(name) });
    await client.connect();
    await client.query(OBSERVERS);
    await client.end();
    return name;
  };
  return {
    async fresh(engine) {
      const template = templates.get(engine) ?? makeTemplate(engine);
      templates.set(engine, template);
      const name = `seed_${made++}`;
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${await template} STRATEGY file_copy`);
      const client = new pg.Client({ connectionString: server.url(name) });
      await client.connect();
      let set: Instant | null = null;
      let touched = 0;
      return {
        url: server.url(name),
        get touched() {
          return touched;
        },
        setTime(now) {
          touched += 1;
          if (set !== null && now - set < COARSE_MS) return;
          tellTime(name, now);
          set = now;
        },
        rows: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
          (await client.query({ text, values: [...values] })).rows as Row[],
        async drop() {
          await client.end();
          await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
        },
      };
    },
    async close() {
      await admin.end();
      await server.close();
    },
  };
}
