// A small county made up from a seed: its units, who works there, and a schedule for every year.

import type { Contact, Directory, Unit } from '../../src/domain/directory.ts';
import type { Deadline, Rule } from '../../src/domain/deadline.ts';
import type { Schedule, Task } from '../../src/domain/notice.ts';
import type { Random } from './random.ts';

const UNITS = ['县教育局', '县财政局', '县水利局', '县公安局', '县卫生健康局', '县市场监管局', '县自然资源局', '城关镇'] as const;
const NAMES = ['王明', '李芳', '张伟', '刘洋', '陈静', '杨帆', '赵磊', '黄敏', '周强', '吴霞', '徐亮', '孙燕'] as const;

export const SUPERVISOR = 'zfb';

export function person(random: Random, unit: string, post: string, n: number): Contact {
  const id = `${unit}/${post}/${n}`;
  return {
    id,
    post,
    name: random.pick(NAMES),
    email: random.chance(0.95)
      ? `${unit}.${['联络员', '主要负责人', '协调人', '督办', '分管领导'].indexOf(post)}.${n}@shili.example`
      : null,
    mobile: random.chance(0.5) ? `+8613${String(random.between(0, 999_999_999)).padStart(9, '0')}` : null,
    from: null,
    until: null,
  };
}

export function directoryOf(random: Random, office: string): Directory {
  const chosen = UNITS.filter(() => random.chance(0.5)).slice(0, 3);
  const names = chosen.length === 0 ? UNITS.slice(0, 1) : chosen;
  const units = names.map((name): Unit => {
    const id = `u${UNITS.indexOf(name)}`;
    const posts = ['联络员', '主要负责人'].filter((_, n) => random.chance(n === 0 ? 0.95 : 0.85));
    return { id, name, aliases: [], external: random.chance(0.1), contacts: posts.map((post) => person(random, id, post, 1)) };
  });
  const posts = ['协调人', '督办', '分管领导'].filter((post) => post === '督办' || random.chance(0.9));
  const supervisor: Unit = {
    id: SUPERVISOR,
    name: '县政府办公室',
    aliases: ['县政府办'],
    external: false,
    contacts: posts.map((post) => person(random, SUPERVISOR, post, 1)),
  };
  return { office, supervisor: SUPERVISOR, units: [supervisor, ...units], groups: [] };
}

export function scheduleOf(random: Random, office: string, directory: Directory, year: number): Schedule {
  const units = directory.units.filter(({ id }) => id !== SUPERVISOR).map(({ name }) => name);
  const tasks = Array.from({ length: random.between(2, 6) }, (_, n): Task => {
    const lead = units.filter(() => random.chance(0.4)).slice(0, 2);
    const leading = lead.length === 0 ? units.slice(0, 1) : lead;
    return {
      ref: `${n + 1}`,
      title: `事项${n + 1}`,
      quote: null,
      deadlines: [deadline(random, year)],
      lead: leading,
      cooperate: units.filter((unit) => !leading.includes(unit) && random.chance(0.2)),
      review: [],
      groups: {},
    };
  });
  const issuedOn = `${year}-0${random.between(1, 2)}-${random.between(10, 27)}`;
  const notice = {
    title: `示例县${year}年工作要点`,
    number: `示政办发〔${year}〕1号`,
    issuer: '示例县人民政府办公室',
    issuedOn,
    assumedIssuedOn: null,
    year,
  };
  return { name: `shili-${year}`, office, notice, tasks };
}

function deadline(random: Random, year: number): Deadline {
  const date = `${year}-${String(random.between(2, 12)).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}`;
  const kind = random.next();
  if (kind < 0.5) return { kind: 'by', date, text: date };
  if (kind < 0.65) return { kind: 'from', date, text: date };
  if (kind < 0.9) {
    const rule = random.pick<Rule>([`yearly ${date.slice(5)}`, 'yearly', 'yearly', 'half-yearly', 'quarterly', 'monthly']);
    return { kind: 'recurring', rule, text: rule };
  }
  return { kind: 'ongoing', text: '持续推进' };
}
