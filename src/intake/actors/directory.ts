// Printed names against the directory: aliases and groups, the place said once for a whole list, offices since renamed.

import { canonicalName, type Directory, resolveName, type Group, type Unit } from '../../domain/directory.ts';
import { type Rename, renamedTo } from '../../domain/renames.ts';
import { isGroup } from './words.ts';

/** What a printed name means, and how that is known. */
export type Meaning =
  | { readonly kind: 'unit'; readonly unit: Unit; readonly by: 'name' | 'place' | 'rename' }
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'unknown'; readonly closest: string | null };

const LEVEL = /^(?:全?[省市县区州旗]|[\p{Script=Han}]{2,7}?[省市县区州旗])/u;

/** Finds the unit or group: by name or alias, then with the place left out or added, then through reforms. */
function meaningOf(name: string, directory: Directory, renames: readonly Rename[]): Meaning {
  const resolution = resolveName(directory, name);
  if (resolution.kind === 'unit') return { kind: 'unit', unit: resolution.unit, by: 'name' };
  if (resolution.kind === 'group') return { kind: 'group', group: resolution.group };
  const near = endingIn(name, directory) ?? ofThisPlace(name, directory);
  if (near !== null) return { kind: 'unit', unit: near, by: 'place' };
  for (const renamed of renamedTo(name, renames)) {
    const found = resolveName(directory, renamed);
    const unit = found.kind === 'unit' ? found.unit : endingIn(renamed, directory);
    if (unit !== null) return { kind: 'unit', unit, by: 'rename' };
  }
  return { kind: 'unknown', closest: closest(name, directory) };
}

/** The only unit whose name is this one behind a place: 县财政局 for 财政局. */
function endingIn(name: string, directory: Directory): Unit | null {
  const wanted = canonicalName(name);
  if (wanted.length < 3 || isGroup(wanted)) return null;
  const fits = (each: string): boolean => {
    const full = canonicalName(each);
    const place = full.slice(0, -wanted.length);
    return full.endsWith(wanted) && place.length <= 8 && LEVEL.exec(place)?.[0] === place;
  };
  const found = directory.units.filter((unit) => [unit.name, ...unit.aliases].some(fits));
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** 示例县教育局 is 县教育局, where the directory shows that the place is its own: 示例县人民政府办公室 stands in it. */
function ofThisPlace(name: string, directory: Directory): Unit | null {
  const wanted = canonicalName(name);
  const names = directory.units.flatMap((unit) =>
    [unit.name, ...unit.aliases].map((each) => ({ unit, full: canonicalName(each) })),
  );
  const found = names.find(({ full }) => {
    if (!wanted.endsWith(full) || !/^[省市县区州旗]/u.test(full) || wanted.length === full.length) return false;
    const place = wanted.slice(0, wanted.length - full.length + 1);
    return place.length <= 8 && names.some((other) => other.full !== wanted && other.full.startsWith(place));
  });
  return found?.unit ?? null;
}

/** What a person is asked of a name the directory does not settle; null where it does. */
export function questionOf(name: string, directory: Directory, renames: readonly Rename[]): string | null {
  const meaning = meaningOf(name, directory, renames);
  if (meaning.kind === 'group') return null;
  if (meaning.kind === 'unit') {
    return meaning.by === 'rename' ? `“${name}”是旧名称，按机构改革对应通讯录里的“${meaning.unit.name}”，请确认` : null;
  }
  if (isGroup(name)) return `通讯录里没有“${name}”这一统称，请写明是哪些单位`;
  return meaning.closest === null
    ? `通讯录里没有“${name}”，请补录或改为通讯录里的名称`
    : `通讯录里没有“${name}”，是否就是“${meaning.closest}”？`;
}

/** The unit that shares most pairs of characters with the name, where that is at least a third of them. */
function closest(name: string, directory: Directory): string | null {
  const own = pairs(canonicalName(name));
  let best: string | null = null;
  let most = 1 / 3;
  for (const unit of directory.units) {
    for (const each of [unit.name, ...unit.aliases]) {
      const other = pairs(canonicalName(each));
      const shared = [...own].filter((pair) => other.has(pair)).length;
      const likeness = own.size + other.size === 0 ? 0 : (2 * shared) / (own.size + other.size);
      if (likeness <= most) continue;
      most = likeness;
      best = unit.name;
    }
  }
  return best;
}

function pairs(name: string): Set<string> {
  return new Set(Array.from({ length: Math.max(0, name.length - 1) }, (_, at) => name.slice(at, at + 2)));
}

/** All names and aliases, as names are compared. */
export function namesIn(directory: Directory | null): ReadonlySet<string> {
  if (directory === null) return new Set();
  return new Set([...directory.units, ...directory.groups].flatMap(({ name, aliases }) => [name, ...aliases].map(canonicalName)));
}
