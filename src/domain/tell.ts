// Whom a stage of the ladder is said to, and how. An address that takes nothing is passed by: the person is told on another channel,
// or somebody else of their unit in their place; where nobody is left, the coordinator hears of it.

import type { Assignment } from './assignment.ts';
import type { ChannelName } from './delivery.ts';
import { type Contact, holders, isAt, type Unit } from './directory.ts';
import type { Occasion } from './occasions.ts';
import type { PlanContext } from './plan.ts';
import type { Recipient } from './policy.ts';
import type { Problem, Reminder, Suppression, SuppressionReason } from './reminder.ts';
import { dateOf, type Instant } from './time.ts';

/** In the order in which another way is looked for. */
const CHANNELS: readonly ChannelName[] = ['email', 'sms'];
const ADDRESS_WORDS: Readonly<Record<ChannelName, string>> = { email: '邮箱', sms: '手机号' };
const CHANNEL_WORDS: Readonly<Record<ChannelName, string>> = { email: '邮件', sms: '短信' };

export interface Sink {
  readonly reminders: Reminder[];
  readonly suppressions: Suppression[];
  readonly problems: Problem[];
}

interface Telling {
  readonly assignment: Assignment;
  readonly occasion: Occasion;
  readonly reason: string;
  readonly context: PlanContext;
  readonly sink: Sink;
  /** Contacts who hear of it already. */
  readonly told: Set<string>;
  readonly refused: Refused[];
}

interface Addressed {
  readonly unit: Unit;
  readonly contact: Contact;
  readonly copy: boolean;
}

/** Somebody of whose addresses at least one takes nothing. */
interface Refused extends Addressed {
  readonly channels: readonly ChannelName[];
  /** Told all the same, on another channel of the stage. */
  readonly reached: boolean;
}

export function tellAll(assignment: Assignment, occasion: Occasion, context: PlanContext, sink: Sink): void {
  const reason = occasion.reason();
  const telling: Telling = { assignment, occasion, reason, context, sink, told: new Set(), refused: [] };
  for (const recipient of occasion.stage.to) tell(telling, recipient, false);
  for (const recipient of occasion.stage.cc) tell(telling, recipient, true);
  for (const refused of telling.refused) tellAnotherWay(telling, refused);
}

/** Why a stage is not said, to nobody in particular. */
export function suppress(
  assignment: Assignment,
  occasion: Occasion,
  reason: SuppressionReason,
  detail: string,
  now: Instant,
): Suppression {
  return {
    assignment: assignment.id,
    sequence: assignment.sequence,
    stage: occasion.stage.id,
    occurrence: occasion.occurrence,
    contact: null,
    channel: null,
    reason,
    detail,
    at: Math.min(occasion.at, now),
    until: null,
  };
}

function tell(telling: Telling, { of, post }: Recipient, copy: boolean): void {
  const { assignment, occasion, context, sink, told } = telling;
  const unit = of === 'unit' ? context.unit : context.supervisor;
  const contacts = holders(unit, post, dateOf(context.office.hours.zone, context.now));
  if (contacts.length === 0) {
    const detail = `${unit.name}没有在任的${post}，${occasion.stage.id}无人可送`;
    sink.problems.push({ kind: 'nobody-at-post', assignment: assignment.id, detail });
    sink.suppressions.push(suppress(assignment, occasion, 'absent', detail, context.now));
  }
  for (const contact of contacts) {
    if (told.has(contact.id)) continue;
    told.add(contact.id);
    const to = { unit, contact, copy };
    const { via } = occasion.stage;
    const channels = via.filter((channel) => contact.refused?.includes(channel) === true && context.channels.has(channel));
    const ways = via.filter((channel) => !channels.includes(channel)).map((channel) => tellBy(channel, telling, to));
    if (channels.length > 0) telling.refused.push({ ...to, channels, reached: ways.includes(true) });
  }
}

/** Returns whether they are told. */
function tellBy(channel: ChannelName, telling: Telling, to: Addressed): boolean {
  const { assignment, context, sink } = telling;
  const { unit, contact } = to;
  if (!context.channels.has(channel)) {
    drop(telling, contact, channel, 'no-channel', `没有开通${CHANNEL_WORDS[channel]}`);
    return false;
  }
  if (addressOf(contact, channel) === null) {
    const detail = `${unit.name}${contact.post}${contact.name}没有${ADDRESS_WORDS[channel]}`;
    drop(telling, contact, channel, 'no-address', detail);
    if (channel === 'email') sink.problems.push({ kind: 'no-address', assignment: assignment.id, detail });
    return false;
  }
  remind(channel, telling, to);
  return true;
}

function remind(channel: ChannelName, telling: Telling, { unit, contact, copy }: Addressed, insteadOf?: string): void {
  const { assignment, occasion, reason, sink } = telling;
  const { stage } = occasion;
  const address = addressOf(contact, channel);
  if (address === null) return;
  sink.reminders.push({
    assignment: assignment.id,
    sequence: assignment.sequence,
    stage: stage.id,
    occurrence: occasion.occurrence,
    letter: stage.letter,
    rung: stage.rung,
    unit: unit.id,
    contact: contact.id,
    post: contact.post,
    copy,
    channel,
    address,
    name: contact.name,
    at: occasion.at,
    reason,
    ...(insteadOf === undefined ? {} : { insteadOf }),
  });
}

function tellAnotherWay(telling: Telling, refused: Refused): void {
  const { unit, contact, channels } = refused;
  const what = channels.map((channel) => ADDRESS_WORDS[channel]).join('、');
  const way = anotherWay(telling, refused, what);
  const detail = `${unit.name}${contact.post}${contact.name}的${what}收不到信，${way}`;
  for (const channel of channels) drop(telling, contact, channel, 'refused', detail);
}

/** In words what became of it. */
function anotherWay(telling: Telling, { unit, contact, copy, reached }: Refused, what: string): string {
  const { assignment, context, occasion, sink, told } = telling;
  if (reached) return '已用另一种方式发送';
  if (copy) return '抄送从略';
  const ways = (of: Contact): readonly ChannelName[] => {
    const order = [...occasion.stage.via, ...CHANNELS.filter((channel) => !occasion.stage.via.includes(channel))];
    return order.filter(
      (channel) => context.channels.has(channel) && addressOf(of, channel) !== null && of.refused?.includes(channel) !== true,
    );
  };
  const [own] = ways(contact);
  if (own !== undefined) {
    remind(own, telling, { unit, contact, copy }, `您登记的${what}`);
    return `改发${CHANNEL_WORDS[own]}`;
  }
  const today = dateOf(context.office.hours.zone, context.now);
  const another = unit.contacts.find((each) => each.id !== contact.id && isAt(each, today) && ways(each).length > 0);
  if (another === undefined) {
    const detail = `${unit.name}${contact.post}${contact.name}的${what}收不到信，也没有别人可送；请更正通讯录后再运行 cuiban confirm`;
    sink.problems.push({ kind: 'no-address', assignment: assignment.id, detail });
    return '也没有别人可送';
  }
  const whom = `${another.post}${another.name}`;
  if (told.has(another.id)) return `已送${whom}`;
  told.add(another.id);
  const [first] = ways(another);
  if (first !== undefined) remind(first, telling, { unit, contact: another, copy }, `${contact.post}${contact.name}的${what}`);
  return `改送${whom}`;
}

function drop(
  { assignment, occasion, context, sink }: Telling,
  contact: Contact,
  channel: ChannelName,
  reason: SuppressionReason,
  detail: string,
): void {
  sink.suppressions.push({ ...suppress(assignment, occasion, reason, detail, context.now), contact: contact.id, channel });
}

function addressOf(contact: Contact, channel: ChannelName): string | null {
  return channel === 'email' ? contact.email : contact.mobile;
}
