// The people of the demo: some answer in time, some late, some not at all. Who does what is fixed by a seed, and everybody
// reacts only to what really reached their inbox.

import { createHash } from 'node:crypto';

import type { Calendar } from '../domain/calendar.ts';
import type { IsoDate } from '../domain/deadline.ts';
import type { Office } from '../domain/office.ts';
import { dateOf, type Instant, instantOf } from '../domain/time.ts';
import type { SentMessage } from '../ledger/ledger.ts';

export interface DemoAnswer {
  readonly at: Instant;
  readonly kind: 'acknowledge' | 'complete' | 'extend';
  readonly ref: string;
  readonly unit: string;
  readonly unitName: string;
  readonly due: IsoDate | null;
  /** For `extend`. */
  readonly to: IsoDate | null;
}

type Temper = 'prompt' | 'tardy' | 'silent';
type Item = SentMessage['items'][number];

export interface PeopleOptions {
  readonly seed: number;
  readonly office: Office;
  readonly calendar: Calendar;
  /** Whether a unit leads a task; those who only cooperate leave the reporting to the lead. */
  readonly leads: (ref: string, unit: string) => boolean;
}

export class People {
  readonly #options: PeopleOptions;
  #answers: DemoAnswer[] = [];
  /** What each unit has made up its mind about, so that a second reminder changes nothing. */
  readonly #decided = new Set<string>();

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** A mail has arrived; its reader decides what to do about each duty of their own. */
  read(message: SentMessage): void {
    for (const item of message.items) {
      if (message.to.unit === item.unit && this.#options.leads(item.ref, item.unit)) this.#consider(item, message.at);
    }
  }

  nextAt(): Instant | null {
    return this.#answers[0]?.at ?? null;
  }

  /** The answers given up to now, oldest first. */
  take(now: Instant): readonly DemoAnswer[] {
    const due = this.#answers.filter(({ at }) => at <= now);
    this.#answers = this.#answers.filter(({ at }) => at > now);
    return due;
  }

  #consider(item: Item, read: Instant): void {
    const temper = this.#temper(item.unit);
    if (item.stage === 'assigned') {
      if (temper !== 'silent') this.#decide('acknowledge', item, () => this.#workdayAfter(read, temper === 'prompt' ? 1 : 3));
      return;
    }
    if (item.due === null) {
      // Undated duties are closed with the year, in the last quarter's answer.
      if (temper === 'prompt' && this.#day(read).slice(5) >= '12-01')
        this.#decide('complete', item, () => this.#workdayAfter(read, 2));
      return;
    }
    const { due } = item;
    if (temper === 'prompt')
      this.#decide('complete', item, () => this.#notBefore(this.#offset(due, -1 - this.#draw(item, 6)), read));
    if (temper === 'tardy') this.#tarry(item, due, read);
    if (temper === 'silent' && item.rung === 3 && this.#draw(item, 10) < 6)
      this.#decide('complete', item, () => this.#workdayAfter(read, 2));
  }

  /** One in two asks for more time before the due date; the others finish late. */
  #tarry(item: Item, due: IsoDate, read: Instant): void {
    const asks = item.stage === 'd-3' && this.#draw(item, 2) === 0;
    if (asks) {
      // Approved after hours: the letter about the new date waits for the next morning.
      this.#decide('extend', item, () => this.#evening(read), this.#options.calendar.addWorkdays(due, 10));
    } else if (item.stage === 'd-0' || item.rung > 0) {
      this.#decide('complete', item, () => this.#notBefore(this.#offset(due, 1 + this.#draw(item, 6)), read));
    }
  }

  #decide(kind: DemoAnswer['kind'], item: Item, when: () => Instant, to: IsoDate | null = null): void {
    const key = `${kind} ${item.ref} ${item.unit} ${kind === 'extend' ? '' : (item.due ?? 'ongoing')}`;
    if (this.#decided.has(key)) return;
    this.#decided.add(key);
    const { ref, unit, unitName, due } = item;
    this.#answers.push({ at: when(), kind, ref, unit, unitName, due, to });
    this.#answers.sort((one, other) => one.at - other.at);
  }

  #temper(unit: string): Temper {
    const lot = this.#lot(`temper ${unit}`, 100);
    return lot < 62 ? 'prompt' : lot < 86 ? 'tardy' : 'silent';
  }

  #draw(item: Item, sides: number): number {
    return this.#lot(`${item.unit} ${item.ref}`, sides);
  }

  #lot(what: string, sides: number): number {
    return createHash('sha256').update(`${this.#options.seed} ${what}`).digest().readUInt32BE() % sides;
  }

  #day(instant: Instant): IsoDate {
    return dateOf(this.#options.office.hours.zone, instant);
  }

  #offset(date: IsoDate, workdays: number): Instant {
    const { calendar, office } = this.#options;
    return instantOf(office.hours.zone, calendar.addWorkdays(calendar.lastWorkdayOnOrBefore(date), workdays), '15:20');
  }

  #workdayAfter(instant: Instant, workdays: number): Instant {
    const { calendar, office } = this.#options;
    return instantOf(office.hours.zone, calendar.addWorkdays(this.#day(instant), workdays), '10:40');
  }

  #evening(instant: Instant): Instant {
    return instantOf(this.#options.office.hours.zone, this.#day(instant), '17:50');
  }

  #notBefore(wanted: Instant, read: Instant): Instant {
    return wanted > read ? wanted : this.#workdayAfter(read, 1);
  }
}
