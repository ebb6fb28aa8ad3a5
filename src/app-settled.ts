// The configuration as jobs see it: what is in force, and how a message is put into words.

import type { Settled } from '../jobs/context.ts';
import type { Configuration } from './configuration/index.ts';
import type { Message, Rendered } from './domain/message.ts';
import { dateOf, type Instant } from './domain/time.ts';

/** @param drill every message says 演练 */
export function settle(configuration: Configuration, drill: boolean): Settled {
  const { version, offices, policy, calendar, templates } = configuration;
  const render = (message: Message, now: Instant): Rendered => {
    const office = offices.get(message.office);
    if (office === undefined) throw new RangeError(`office ${message.office} is not configured`);
    return templates.render(message, { office, calendar, now, today: dateOf(office.hours.zone, now), drill });
  };
  return { version, offices, policy, calendar, render };
}
