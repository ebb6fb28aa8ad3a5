// The preflight: what would go wrong once reminders start, told before they do. Pure; files that don't read never get here.

import type { Directory } from '../domain/directory.ts';
import type { Schedule } from '../domain/notice.ts';
import type { Office } from '../domain/office.ts';
import type { Stage } from '../domain/policy.ts';
import { countSegments, SINGLE_UNITS } from '../domain/segments.ts';
import { checkSchedule } from './check-schedule.ts';
import { error, type Finding, warning } from './finding.ts';
import type { Configuration } from './index.ts';
import { sampleContext, sampleMessages } from './sample.ts';

export type { Finding } from './finding.ts';

/** What is wrong with a configuration and the schedules that are to run under it. Errors stand before warnings. */
export function check(
  configuration: Configuration,
  schedules: readonly { readonly schedule: Schedule; readonly directory: Directory }[],
): readonly Finding[] {
  const findings = [
    ...checkLetters(configuration),
    ...checkLadders(configuration),
    ...[...configuration.offices.values()].flatMap((office) => checkOffice(office, configuration)),
    ...schedules.flatMap(({ schedule, directory }) => checkSchedule(schedule, directory, configuration)),
  ];
  return [...findings.filter(({ level }) => level === 'error'), ...findings.filter(({ level }) => level === 'warning')];
}

function checkLetters({ policy, templates, places }: Configuration): readonly Finding[] {
  const stages = [...policy.ladders.values()].flatMap((ladder) => ladder.stages);
  const findings = new Map<string, Finding>();
  for (const stage of stages) {
    const problem = letterProblem(stage, templates.letters);
    if (problem !== null) findings.set(`${stage.id} ${problem}`, error(places.stages.get(stage.id) ?? stage.id, problem));
  }
  const used = new Set(stages.map(({ letter }) => letter));
  const unused = [...templates.letters.keys()].filter((name) => !used.has(name));
  return [
    ...findings.values(),
    ...unused.map((name) => warning(templates.places.get(name) ?? name, `信件 ${name} 没有环节使用`)),
  ];
}

function letterProblem(stage: Stage, letters: Configuration['templates']['letters']): string | null {
  const letter = letters.get(stage.letter);
  if (letter === undefined)
    return `环节 ${stage.id} 的信件 ${stage.letter} 不在 letters.yaml 中，可用：${[...letters.keys()].join('、')}`;
  if (stage.via.includes('sms') && !letter.hasSms) return `环节 ${stage.id} 要发短信，但信件 ${stage.letter} 没有 sms`;
  return null;
}

function checkLadders({ policy, places }: Configuration): readonly Finding[] {
  const named = new Set(policy.rules.map(({ ladder }) => ladder));
  const unused = [...policy.ladders.keys()].filter((name) => !named.has(name));
  return unused.map((name) => warning(places.ladders.get(name) ?? name, `阶梯 ${name} 没有适用规则，永不生效`));
}

function checkOffice(office: Office, { templates, calendar, places }: Configuration): readonly Finding[] {
  const where = places.offices.get(office.id) ?? office.id;
  const findings: Finding[] = [];
  if (office.caps.email === 0) findings.push(error(where, `${office.name}的 caps.email 为 0：一封邮件也不会发出`));
  if (office.caps.sms === 0) findings.push(warning(where, `${office.name}的 caps.sms 为 0：不发短信`));
  const context = { ...sampleContext(false), office, calendar };
  let longest = '';
  for (const message of sampleMessages([...templates.letters.keys()])) {
    if (message.channel !== 'sms') continue;
    const { text } = templates.render(message, context);
    if (text.length > longest.length) longest = text;
  }
  if (longest.length > SINGLE_UNITS) {
    const { segments } = countSegments(longest);
    findings.push(
      warning(where, `${office.name}的短信即使缩短任务名称也有 ${longest.length} 字，按 ${segments} 条计费：${longest}`),
    );
  }
  return findings;
}
