// The harness of the measurements, with a handful of mails: everybody sends, everything is counted, the result is whole. No speed.

import { expect, inject, test } from 'vitest';

import '../support/global-setup.ts';
import { benchDelivery } from './delivery.ts';
import { BARE, OURS } from './peers/index.ts';
import { Cleanup } from './support/cleanup.ts';
import { openGround } from './support/ground.ts';
import { NODE_SINK } from './support/sinks.ts';

test('a round of the delivery benchmark measures Cuiban and a bare nodemailer loop, and holds one against the other', async () => {
  const cleanup = new Cleanup();
  const said: string[] = [];
  try {
    const ground = await openGround({
      cleanup,
      say: (line) => said.push(line),
      postgresUrl: inject('postgresUrl'),
      sinks: NODE_SINK,
    });
    const result = await benchDelivery(ground, {
      quick: true,
      rounds: 1,
      mails: 40,
      peers: [OURS.postgres.id, BARE.id],
    });
    expect(result.missing).toEqual([]);
    expect(result.measured.map(({ what }) => what)).toEqual([
      OURS.postgres.name,
      BARE.name,
      '自带 PostgreSQL（从规划起）÷ nodemailer 连接池',
    ]);
    for (const { value, figure } of result.measured) {
      expect(typeof value === 'number' ? value : value?.median).toBeGreaterThan(0);
      expect(figure).not.toContain('重复');
    }
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(said.filter((line) => line.startsWith('第 1/1 轮'))).toHaveLength(2);
  } finally {
    await cleanup.end();
  }
}, 120_000);
