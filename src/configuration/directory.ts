// The directory file: who the units of an office are, who holds which post, and what the collective names stand for.

import { z } from 'zod';

import { canonicalName, type Contact, type Directory, type Unit } from '../domain/directory.ts';
import { isAddrSpec } from '../domain/mail-address.ts';
import type { Result } from '../domain/result.ts';
import { errorAt, type Path, readYaml, type Source, type SourceError, sorted, type YamlDocument } from '../yaml.ts';
import { line, slug } from '../yaml-fields.ts';

const name = line(100);
const date = z.iso.date();

const contact = z
  .strictObject({
    post: name.refine((text) => !text.includes('/')).describe('职务名称（如 联络员，不含“/”）'),
    name,
    // What people are reached at is not repeated in messages that may be logged.
    email: z
      .string()
      .refine(isAddrSpec)
      .meta({ description: '一个邮箱地址（如 wang@example.cn，半角，不含空格、姓名或多个地址）', private: true })
      .nullable()
      .default(null),
    mobile: z
      .string()
      .regex(/^\+861\d{10}$/u)
      .meta({ description: "'+861' 加 10 位数字的手机号（如 '+8613800000000'）", private: true })
      .nullable()
      .default(null),
    from: date.nullable().default(null),
    until: date.nullable().default(null),
  })
  .superRefine(({ from, until }, context) => {
    if (from === null || until === null || until >= from) return;
    context.addIssue({ code: 'custom', path: ['until'], message: `止日 ${until} 早于起日 ${from}，需要不早于起日` });
  });

const unit = z.strictObject({
  id: slug('county-office'),
  name,
  aliases: z.array(name).default([]),
  external: z.boolean().default(false),
  contacts: z.array(contact).default([]),
});

const group = z.strictObject({
  name,
  aliases: z.array(name).default([]),
  members: z.array(name).min(1),
  review: line(1000).nullable().default(null),
});

const file = z.strictObject({
  office: slug('ruicheng'),
  supervisor: name,
  units: z.array(unit).min(1),
  groups: z.array(group).default([]),
});

/** Reads a directory file; every problem is listed, those of one row never hide those of another. */
export function readDirectory(source: Source): Result<Directory, SourceError> {
  const read = readYaml(file, source);
  const { errors: crossErrors, unitIds } = compare(read.document);
  const errors = sorted([...(read.ok ? [] : read.errors), ...crossErrors]);
  if (!read.ok || errors.length > 0) return { ok: false, errors };
  const { office, supervisor, units, groups } = read.value;
  const idOf = (printed: string): string => unitIds.get(canonicalName(printed)) ?? printed;
  return {
    ok: true,
    value: {
      office,
      supervisor: idOf(supervisor),
      units: units.map((each) => ({ ...each, contacts: numbered(each) })),
      groups: groups.map((each) => ({ ...each, members: each.members.map(idOf) })),
    },
  };
}

function numbered(owner: Pick<Unit, 'id'> & { contacts: readonly Omit<Contact, 'id'>[] }): Contact[] {
  const counts = new Map<string, number>();
  return owner.contacts.map((each) => {
    const count = (counts.get(each.post) ?? 0) + 1;
    counts.set(each.post, count);
    return { id: `${owner.id}/${each.post}/${count}`, ...each };
  });
}

// What can be compared even where other fields are wrong: `catch` keeps every place in its list.
const texts = z.array(z.string().catch('')).catch([]);
const named = { name: z.string().catch(''), aliases: texts };
const comparable = z.object({
  supervisor: z.string().catch(''),
  units: z.array(z.object({ id: z.string().catch(''), ...named }).catch({ id: '', name: '', aliases: [] })).catch([]),
  groups: z.array(z.object({ ...named, members: texts }).catch({ name: '', aliases: [], members: [] })).catch([]),
});

interface Named {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** Cross checks, and which unit each printed name means. */
function compare(document: YamlDocument): { errors: SourceError[]; unitIds: ReadonlyMap<string, string> } {
  const unitIds = new Map<string, string>();
  const parsed = comparable.safeParse(document.data);
  if (!parsed.success) return { errors: [], unitIds };
  const { supervisor, units, groups } = parsed.data;
  const errors = [...duplicateIds(document, units), ...ambiguousNames(document, units, groups)];
  for (const each of units) for (const printed of namesOf(each)) if (!unitIds.has(printed)) unitIds.set(printed, each.id);

  const unknown = (printed: string): boolean => printed !== '' && !unitIds.has(canonicalName(printed));
  if (unknown(supervisor))
    errors.push(errorAt(document, ['supervisor'], `${supervisor} 不在 units 中，需要写一个单位的 name 或别名`));
  for (const [index, each] of groups.entries()) {
    const members = new Map<string, string>();
    for (const [place, member] of each.members.entries()) {
      const path = ['groups', index, 'members', place];
      const id = unitIds.get(canonicalName(member));
      if (unknown(member)) {
        const isGroup = groups.some((other) => namesOf(other).includes(canonicalName(member)));
        const why = isGroup ? '是另一个统称，需要逐个写出其中的单位' : '不在 units 中，需要写一个单位的 name 或别名';
        errors.push(errorAt(document, path, `${member} ${why}`));
      } else if (id !== undefined && members.has(id)) {
        errors.push(errorAt(document, path, `${member} 与前面的 ${members.get(id) ?? ''} 是同一单位，只需一次`));
      } else if (id !== undefined) {
        members.set(id, member);
      }
    }
  }
  return { errors, unitIds };
}

function duplicateIds(document: YamlDocument, units: readonly { id: string }[]): SourceError[] {
  const first = new Map<string, number>();
  return units.flatMap(({ id }, index) => {
    const before = first.get(id);
    if (before !== undefined)
      return [errorAt(document, ['units', index, 'id'], `代号 ${id} 与第 ${before + 1} 个单位重复，需要各不相同`)];
    if (id !== '') first.set(id, index);
    return [];
  });
}

/** One printed name must mean one unit or one group, brackets and spaces disregarded. */
function ambiguousNames(document: YamlDocument, units: readonly Named[], groups: readonly Named[]): SourceError[] {
  const owners = new Map<string, { owner: Named; printed: string }>();
  const check = (owner: Named, printed: string, path: Path): SourceError[] => {
    const before = owners.get(canonicalName(printed));
    if (printed === '' || before?.owner === owner) return [];
    if (before !== undefined)
      return [errorAt(document, path, `${printed} 已是 ${before.owner.name} 的名称或别名，一个名称只能指一个`)];
    owners.set(canonicalName(printed), { owner, printed });
    return [];
  };
  const all = [
    ...units.map((each, index) => ['units', index, each] as const),
    ...groups.map((each, index) => ['groups', index, each] as const),
  ];
  return [
    // Names before aliases: where the two meet, the alias is the one to change.
    ...all.flatMap(([list, index, each]) => check(each, each.name, [list, index, 'name'])),
    ...all.flatMap(([list, index, each]) =>
      each.aliases.flatMap((alias, place) => check(each, alias, [list, index, 'aliases', place])),
    ),
  ];
}

function namesOf({ name: own, aliases }: Named): string[] {
  return [own, ...aliases].filter((each) => each !== '').map(canonicalName);
}
