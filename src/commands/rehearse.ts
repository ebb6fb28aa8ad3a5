import type { Command } from 'commander';
import colors from 'picocolors';

import type { Configuration } from '../configuration/index.ts';
import type { Rendered } from '../domain/message.ts';
import { noticeDate } from '../domain/notice.ts';
import type { Office } from '../domain/office.ts';
import { type RehearsedMessage, type Rehearsal, rehearse } from '../domain/rehearsal.ts';
import { dateOf, instantOf } from '../domain/time.ts';
import type { Settings } from '../settings.ts';
import { EXIT, Failure } from './failure.ts';
import { knownSchedules, loadConfiguration, loadMaterial, type Material, officeOf } from './material.ts';
import { isoDate } from './options.ts';
import { EMAIL_SIGN, isoInZone, print, printJson, SMS_SIGN, timeInZone } from './terminal.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly schedule?: string[];
  readonly json?: true;
  readonly suppressed?: true;
}

export function registerRehearse(program: Command, settings: () => Settings): void {
  program
    .command('rehearse')
    .summary('预演：将发出的每一条，何时、给谁、为什么')
    .description('用与实际发送相同的规划在虚拟时钟上预演，不碰台账，不发任何东西。假设无人答复，因此升级也会出现。')
    .option('--from <日期>', '只列出这一天起的（默认：通知印发日）', isoDate)
    .option('--to <日期>', '预演到这一天为止（默认：通知年度的12月31日）', isoDate)
    .option('--schedule <name...>', '只预演这些分解表（默认：seeds 下全部）')
    .option('--json', '每条消息一行 JSON')
    .option('--suppressed', '与 --json 合用：不发的也各占一行，带 suppressed 字段')
    .addHelpText('after', '\n示例：\n  cuiban rehearse --schedule ruicheng-2022 --from 2022-08-01 --to 2022-08-31\n')
    .action(async (options: Options) => {
      if (options.from !== undefined && options.to !== undefined && options.from > options.to) {
        throw new Failure(`--from ${options.from} 晚于 --to ${options.to}`, EXIT.usage);
      }
      const configuration = await loadConfiguration(settings());
      const names = options.schedule ?? (await knownSchedules(settings()));
      const materials = await Promise.all(names.map((name) => loadMaterial(settings(), name)));
      // Caps hold across the schedules of an office, so they are rehearsed together.
      for (const office of new Set(materials.map(({ schedule }) => officeOf(configuration, schedule)))) {
        const ofOffice = materials.filter(({ schedule }) => schedule.office === office.id);
        show(rehearseMaterials(configuration, office, ofOffice, options.to), office, configuration, options);
      }
    });
}

/** Rehearses schedules of one office from the day each notice was issued; to the end of the latest notice's year unless told. */
function rehearseMaterials(configuration: Configuration, office: Office, materials: readonly Material[], to?: string): Rehearsal {
  const { zone } = office.hours;
  const last = to ?? `${Math.max(...materials.map(({ schedule }) => schedule.notice.year))}-12-31`;
  return rehearse({
    schedules: materials.map(({ schedule, directory }) => ({
      schedule,
      directory,
      confirmedAt: instantOf(zone, noticeDate(schedule.notice), office.hours.sendAt),
    })),
    office,
    policy: configuration.policy,
    calendar: configuration.calendar,
    until: instantOf(zone, last, '23:59'),
  });
}

function show(rehearsal: Rehearsal, office: Office, configuration: Configuration, options: Options): void {
  const { zone } = office.hours;
  const shownFrom = options.from ?? '0000-00-00';
  const within = ({ at }: { at: number }): boolean => dateOf(zone, at) >= shownFrom;
  const messages = rehearsal.messages.filter(within);
  const suppressions = rehearsal.suppressions.filter(within);
  if (options.json === true) {
    for (const each of messages) printJson(messageJson(each, office, configuration));
    if (options.suppressed === true) {
      for (const { at, subject, unitName, stage, reason, detail, until } of suppressions) {
        printJson({
          suppressed: reason,
          at: isoInZone(at, zone),
          schedule: subject.schedule,
          ref: subject.ref,
          unit: unitName,
          stage,
          detail,
          until: until === null ? null : isoInZone(until, zone),
        });
      }
    }
    return;
  }
  let day = '';
  for (const each of messages) {
    const today = dateOf(zone, each.at);
    if (today !== day) print(colors.bold(`\n${today}`));
    day = today;
    const { channel, to, items } = each.message;
    const { subject, text } = rendered(each, office, configuration);
    print(
      `  ${timeInZone(each.at, zone).slice(11)} ${channel === 'email' ? EMAIL_SIGN : SMS_SIGN} ${to.unitName}${to.post} ${to.name}  ${channel === 'email' ? subject : text}`,
    );
    for (const { stage, assignment, copy, reason, unitName } of items) {
      print(
        colors.dim(
          `        ${stage.padEnd(9)} ${assignment.ref} ${assignment.task.title}（${unitName}${copy ? '，抄送' : ''}）：${reason}`,
        ),
      );
    }
  }
  if (suppressions.length > 0) print(colors.bold('\n不发或顺延的'));
  for (const { at, subject, unitName, stage, detail, until } of suppressions) {
    print(
      `  ${timeInZone(at, zone)} ${stage} ${subject.ref} ${unitName}：${detail}${until === null ? '' : `（顺延至${timeInZone(until, zone)}）`}`,
    );
  }
  if (rehearsal.problems.length > 0) print(colors.bold('\n请协调人处理'));
  for (const { detail } of rehearsal.problems) print(`  ${detail}`);
  print(
    `\n${office.name}：${messages.length} 条消息，${suppressions.length} 条不发或顺延，${rehearsal.problems.length} 件待协调人处理。`,
  );
}

/** The shape that the README promises to scripts. */
function messageJson(rehearsed: RehearsedMessage, office: Office, configuration: Configuration): object {
  const { at, message } = rehearsed;
  return {
    at: isoInZone(at, office.hours.zone),
    to: { unit: message.to.unitName, post: message.to.post, name: message.to.name, address: message.address },
    channel: message.channel,
    tasks: message.items.map(({ assignment, unitName, stage, rung }) => ({
      schedule: assignment.schedule,
      ref: assignment.ref,
      title: assignment.task.title,
      unit: unitName,
      due: assignment.due,
      stage,
      escalation: rung,
    })),
    subject: rendered(rehearsed, office, configuration).subject,
  };
}

function rendered({ at, message }: RehearsedMessage, office: Office, { templates, calendar }: Configuration): Rendered {
  return templates.render(message, { office, calendar, now: at, today: dateOf(office.hours.zone, at), drill: false });
}
