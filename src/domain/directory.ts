import type { IsoDate } from './deadline.ts';
import type { ChannelName } from './delivery.ts';

/** A person at a post of a unit, for as long as they hold it (`from`, `until` inclusive, null = open). */
export interface Contact {
  /** Stable within the office: `<unit id>/<post>/<n>`. */
  readonly id: string;
  readonly post: string;
  readonly name: string;
  readonly email: string | null;
  /** E.164, `+86…`. */
  readonly mobile: string | null;
  readonly from: IsoDate | null;
  readonly until: IsoDate | null;
  /** Channels on which its address takes nothing, as the ledger has learnt; unset = none. */
  readonly refused?: readonly ChannelName[];
}

export interface Unit {
  /** Immutable; a renamed unit keeps it. */
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** Outside the office's own line (税务局, 市局分局, 供电公司): asked politely, not pressed. */
  readonly external: boolean;
  readonly contacts: readonly Contact[];
}

/** A name that stands for several units: 各乡镇（街道）, 县直各部门. */
export interface Group {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Unit ids. */
  readonly members: readonly string[];
  /** Why a person should look at this resolution, where it is doubtful. */
  readonly review: string | null;
}

export interface Directory {
  readonly office: string;
  /** The unit that coordinates and supervises (县政府办公室). */
  readonly supervisor: string;
  readonly units: readonly Unit[];
  readonly groups: readonly Group[];
}

export type Resolution =
  | { readonly kind: 'unit'; readonly unit: Unit }
  | { readonly kind: 'group'; readonly group: Group; readonly units: readonly Unit[] }
  | { readonly kind: 'unknown'; readonly name: string };

/** Brackets and spaces are typed both ways in one and the same notice; names are compared without the difference. */
export function canonicalName(name: string): string {
  return name.normalize('NFKC').replace(/\s/gu, '');
}

/** Finds the unit or group a printed name means, through aliases. */
export function resolveName(directory: Directory, name: string): Resolution {
  const wanted = canonicalName(name);
  const matches = (candidate: { name: string; aliases: readonly string[] }): boolean =>
    [candidate.name, ...candidate.aliases].some((each) => canonicalName(each) === wanted);
  const unit = directory.units.find(matches);
  if (unit !== undefined) return { kind: 'unit', unit };
  const group = directory.groups.find(matches);
  if (group === undefined) return { kind: 'unknown', name };
  const units = group.members.map((id) => unitById(directory, id));
  return { kind: 'group', group, units };
}

/** @throws RangeError when the directory has no such unit. */
export function unitById(directory: Directory, id: string): Unit {
  const unit = byId(directory.units).get(id);
  if (unit === undefined) throw new RangeError(`the directory of ${directory.office} has no unit ${id}`);
  return unit;
}

// A sweep asks for the unit of each of its assignments.
const indexes = new WeakMap<readonly Unit[], ReadonlyMap<string, Unit>>();

function byId(units: readonly Unit[]): ReadonlyMap<string, Unit> {
  const known = indexes.get(units);
  if (known !== undefined && known.size === units.length) return known;
  const index = new Map(units.toReversed().map((unit) => [unit.id, unit]));
  indexes.set(units, index);
  return index;
}

/** Who holds a post of a unit on a day. */
export function holders(unit: Unit, post: string, on: IsoDate): readonly Contact[] {
  return unit.contacts.filter((contact) => contact.post === post && isAt(contact, on));
}

/** Whether they hold their post on a day. */
export function isAt({ from, until }: Contact, on: IsoDate): boolean {
  return (from === null || from <= on) && (until === null || until >= on);
}
