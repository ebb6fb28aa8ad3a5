// Debian's prometheus-alertmanager: every alert a group of its own, so a mail of its own; what it takes to post the alerts counts.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { wall } from '../support/child.ts';
import { debianProgram } from '../support/debian.ts';
import { freePort, startProgram } from '../support/processes.ts';
import type { Candidate, Letter, Task } from './peer.ts';

const NAME = 'prometheus-alertmanager，每条告警一封，含接收';
const BATCH = 500;

export async function alertmanager(say: (line: string) => void): Promise<Candidate> {
  const found = await debianProgram('prometheus-alertmanager', 'prometheus-alertmanager', say);
  if ('missing' in found) return { id: 'alertmanager', name: NAME, missing: found.missing };
  return { id: 'alertmanager', name: NAME, start: (task) => start(found.program, task) };
}

async function start(program: string, { ground, cleanup, port, mails, letters }: Task) {
  const folder = path.join(ground.folder, `alertmanager-${Math.round(wall())}`);
  await mkdir(folder);
  const [letter] = letters;
  if (letter === undefined) throw new Error('no letters');
  await writeFile(path.join(folder, 'config.yml'), configurationOf(port, shortened(letter)));
  const web = await freePort();
  const server = startProgram(
    program,
    [
      `--config.file=${path.join(folder, 'config.yml')}`,
      `--storage.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${web}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    cleanup,
  );
  let words = '';
  for (const stream of [server.process.stdout, server.process.stderr]) {
    stream?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2_000)));
  }
  await ready(web, () => {
    if (server.process.exitCode !== null) throw new Error(`alertmanager ended: ${words}`);
  });
  return {
    pids: [server.pid],
    begin: () => {
      const first = wall();
      void post(web, mails).catch((error: unknown) => console.warn(error));
      return Promise.resolve(first);
    },
  };
}

async function ready(web: number, check: () => void): Promise<void> {
  for (let left = 500; left > 0; left -= 1) {
    check();
    const ok = await fetch(`http://127.0.0.1:${web}/-/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await wait(20);
  }
  throw new Error('alertmanager does not become ready');
}

async function post(web: number, mails: number): Promise<void> {
  const startsAt = new Date(Date.now() - 60_000).toISOString();
  const endsAt = new Date(Date.now() + 3_600_000).toISOString();
  for (let from = 0; from < mails; from += BATCH) {
    const size = Math.min(BATCH, mails - from);
    const alerts = Array.from({ length: size }, (_, n) => ({
      labels: { alertname: 'due', unit: `unit-${from + n}` },
      startsAt,
      endsAt,
    }));
    const response = await fetch(`http://127.0.0.1:${web}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });
    if (!response.ok) throw new Error(`alertmanager refused: ${response.status} ${await response.text()}`);
  }
}

/** It writes quoted-printable, nine bytes for a Chinese character where base64 takes four: less text makes mails of equal size. */
function shortened({ subject, text, html }: Letter): Letter {
  const part = (of: string): string => of.slice(0, Math.round(of.length * 0.62));
  const page = part(html);
  // Its templates refuse a page that ends inside a tag.
  return { subject, text: part(text), html: page.slice(0, page.lastIndexOf('>') + 1) };
}

function configurationOf(port: number, { subject, text, html }: Letter): string {
  const config = {
    route: { receiver: 'unit', group_by: ['...'], group_wait: '0s', group_interval: '1h', repeat_interval: '24h' },
    receivers: [
      {
        name: 'unit',
        email_configs: [
          {
            to: 'liaison@county.example',
            from: 'cuiban@county.example',
            smarthost: `127.0.0.1:${port}`,
            hello: 'localhost',
            require_tls: false,
            headers: { Subject: `${subject} {{ .CommonLabels.unit }}` },
            text: `${text}{{ .CommonLabels.unit }}`,
            html: `${html}{{ .CommonLabels.unit }}`,
          },
        ],
      },
    ],
  };
  return JSON.stringify(config);
}
