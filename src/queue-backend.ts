/** Where the queue keeps its jobs: a PostgreSQL schema (queue-postgres.ts) or Redis servers (queue-redis.ts). */
import type { BackendFactory, IQueueBackend, Telemetry } from 'bullmq';
import { openPostgres } from './queue-postgres.ts';
import { openRedis } from './queue-redis.ts';

export type BackendAddress =
  | { readonly kind: 'postgres'; readonly url: string }
  /** As queue-redis-url.ts describes it. */
  | { readonly kind: 'redis'; readonly url: string };

export interface Backend {
  /** What every BullMQ object of this queue is built with. */
  readonly options: { readonly connection: unknown; readonly prefix: string; readonly telemetry?: Telemetry };
  readonly factory: BackendFactory<IQueueBackend, unknown>;
  /** Closes politely; the objects that used it are closed already. */
  close(): Promise<void>;
  /** Cuts every connection now, whatever is under way on it. */
  sever(): void;
}

/** Opens the connections and checks the servers. @throws Error in words, without secrets, when they cannot carry the queue */
export async function openBackend(
  address: BackendAddress,
  prefix: string,
  workers: number,
  report: (error: Error) => void,
  telemetry?: Telemetry,
): Promise<Backend> {
  const backend = await open(address, prefix, workers, report);
  return telemetry === undefined ? backend : { ...backend, options: { ...backend.options, telemetry } };
}

function open(address: BackendAddress, prefix: string, workers: number, report: (error: Error) => void): Promise<Backend> {
  return address.kind === 'postgres'
    ? openPostgres(address.url, prefix, workers, report)
    : openRedis(address.url, prefix, report);
}
