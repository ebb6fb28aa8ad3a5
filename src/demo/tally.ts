import { messageIdOf } from '../domain/message.ts';
import type { Directory } from '../domain/directory.ts';
import type { Office } from '../domain/office.ts';
import type { SentMessage } from '../ledger/ledger.ts';
import type { SunkMail } from './mail-sink.ts';
import type { SunkSms } from './sms-sink.ts';
import type { Tally } from './story.ts';

const LEFT_THE_HOUSE = new Set(['sent', 'delivered']);

/** Counts what the mail server and the SMS gateway took, and compares it with the ledger one by one. */
export function tallyOf(
  sent: readonly SentMessage[],
  mails: readonly SunkMail[],
  texts: readonly SunkSms[],
  office: Office,
  directory: Directory,
): { readonly tally: Tally; readonly inInbox: ReadonlyMap<string, number> } {
  const domain = office.from.address.slice(office.from.address.lastIndexOf('@') + 1);
  const gone = sent.filter(({ status }) => LEFT_THE_HOUSE.has(status));
  const emails = gone.filter(({ channel }) => channel === 'email');
  const sms = gone.filter(({ channel }) => channel === 'sms');
  const claimed = new Set(emails.map(({ id, messageIdRevision }) => messageIdOf(id, messageIdRevision, domain)));
  const arrived = new Set(mails.map(({ messageId }) => messageId));
  const inInbox = countBy(mails, ({ to }) => unitOf(directory, to.address));
  const told = countBy(emails, ({ to }) => to.unit);
  const units = new Set([...inInbox.keys(), ...told.keys()]);
  const doubles = mails.length - arrived.size;
  const missing = [...claimed].filter((id) => !arrived.has(id));
  // What the ledger itself calls unknown may have arrived or not; neither is a disagreement.
  const doubtful = sent.filter(({ status }) => status === 'unknown');
  const maybe = new Set(doubtful.map(({ id, messageIdRevision }) => messageIdOf(id, messageIdRevision, domain)));
  const strange = [...arrived].filter((id) => !claimed.has(id) && !maybe.has(id));
  const doubtfulTexts = doubtful.filter(({ channel }) => channel === 'sms').length;
  const textsAgree = texts.length >= sms.length && texts.length <= sms.length + doubtfulTexts;
  const disagreeing = doubles + doubtful.length > 0 ? [] : [...units].filter((unit) => inInbox.get(unit) !== told.get(unit));
  return {
    inInbox,
    tally: {
      ledger: { emails: emails.length, sms: sms.length },
      inbox: { emails: mails.length, sms: texts.length },
      doubles,
      doubtful: doubtful.length,
      missing,
      strange,
      disagreeing,
      agrees: missing.length + strange.length + disagreeing.length === 0 && textsAgree,
    },
  };
}

function unitOf(directory: Directory, address: string): string {
  const unit = directory.units.find(({ contacts }) => contacts.some(({ email }) => email === address));
  return unit?.id ?? address;
}

function countBy<T>(things: readonly T[], key: (thing: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const thing of things) counts.set(key(thing), (counts.get(key(thing)) ?? 0) + 1);
  return counts;
}
