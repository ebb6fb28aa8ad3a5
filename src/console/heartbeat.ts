/**
 * A dead man's switch, as healthchecks.io and its like keep them: a URL is fetched each minute while all is well, `URL/fail` where the
 * ledger says that something is wrong, and nothing at all by a process that cannot know. Of all processes that run one does it each minute:
 * the one whose claim of that minute the ledger took, which also shows that the ledger can be written.
 */
import type { Ledger } from '../ledger/ledger.ts';
import { type Surroundings, wrongs } from './verdict.ts';

export interface HeartbeatParts {
  readonly url: string;
  readonly ledger: Pick<Ledger, 'health' | 'takeTurn'>;
  readonly surroundings: () => Surroundings;
  readonly everyMs: number;
}

const PATIENCE_MS = 10_000;

/** @throws when the ledger or the address does not answer; then nobody was told that all is well */
export async function beat({ url, ledger, surroundings, everyMs }: HeartbeatParts): Promise<void> {
  const around = surroundings();
  // A little less than the interval: two processes a moment apart must not skip a minute.
  if (!(await ledger.takeTurn('heartbeat', around.now, everyMs * 0.8))) return;
  const wrong = wrongs(await ledger.health(around.now), around);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer =
    wrong.length === 0
      ? await fetch(url, { signal })
      : await fetch(failing(url), { method: 'POST', body: wrong.map(({ code, text }) => `${code}: ${text}`).join('\n'), signal });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the heartbeat's address answered ${answer.status}`);
}

/** `/fail` belongs to the path; what is asked for behind a `?` stays there. */
function failing(url: string): URL {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/$/u, '')}/fail`;
  return address;
}
