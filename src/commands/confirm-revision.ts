// A schedule that is confirmed already and reads otherwise now: what would change is shown, chosen, and done when it is agreed to.

import colors from 'picocolors';

import { check } from '../configuration/check.ts';
import type { Office } from '../domain/office.ts';
import { diff, isEmpty, type Revision } from '../domain/revision.ts';
import { type Chosen, choose } from '../domain/revision-choice.ts';
import { type Reassigning, reassign } from '../domain/revision-duties.ts';
import { effectOf } from '../domain/revision-effect.ts';
import type { ConfirmedSchedule } from '../ledger/ledger.ts';
import { askToGoOn } from './ask.ts';
import { inWords } from './check.ts';
import { lastInstantOf } from './confirm-headline.ts';
import { EXIT, Failure } from './failure.ts';
import type { AtTheLedger } from './ledger.ts';
import type { Material } from './material.ts';
import { countDuties, effectInWords, revisionInWords, revisionJson } from './revision.ts';
import { print, printJson } from './terminal.ts';

export interface RevisionOptions {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
  readonly yes?: true;
  readonly json?: true;
}

export interface Confirming {
  readonly material: Material;
  readonly office: Office;
  readonly known: ConfirmedSchedule;
  readonly actor: string;
}

/** Returns false where nothing differs but notes: then there is nothing to agree to. */
export async function confirmRevision(at: AtTheLedger, confirming: Confirming, options: RevisionOptions): Promise<boolean> {
  const { ledger, configuration, now } = at;
  const { material, office, known, actor } = confirming;
  const { directory } = material;
  const revision = diff(known.schedule, material.schedule, directory);
  if (isEmpty(revision)) return false;
  const chosen = chosenOf(confirming, revision, options);
  const errors = check(configuration, [{ schedule: chosen.schedule, directory }]).filter(({ level }) => level === 'error');
  if (errors.length > 0) {
    throw new Failure(`${errors.map(inWords).join('\n')}\n\n有 ${errors.length} 个错误，什么也没有改变。`, EXIT.findings);
  }
  const reassigning: Reassigning = {
    confirmed: known.schedule,
    revised: chosen.schedule,
    continues: chosen.continues,
    standing: known.assignments,
    storedDirectory: (await ledger.directories()).find((each) => each.office === office.id) ?? directory,
    directory,
    at: now,
    zone: office.hours.zone,
  };
  const reassigned = reassign(reassigning);
  const { policy, calendar } = configuration;
  const until = lastInstantOf(office, chosen.schedule, now);
  const effect = effectOf(reassigning, reassigned, { office, policy, calendar, until });
  const duties = countDuties(reassigned, known.assignments);
  const json = { schedule: known.schedule.name, confirmed: false, revision: revisionJson(chosen.revision), duties, effect };
  if (options.json !== true) {
    print(revisionInWords(chosen.revision, known, office.hours.zone, directory));
    const left = sizeOf(revision) - sizeOf(chosen.revision);
    if (left > 0) print(colors.dim(`  另有 ${left} 处改动没有选取，照已确认的办。`));
    for (const line of effectInWords(duties, effect)) print(line);
    for (const { detail } of reassigned.problems) print(colors.yellow(`  ${detail}`));
    for (const line of reviewInWords(chosen)) print(colors.yellow(line));
  } else if (options.yes !== true) {
    printJson({ ...json, revised: false });
    return true;
  }
  if (options.yes !== true) await askToGoOn('按上面的修订更新任务？', '未确认，什么也没有改变。');
  const { schedule, continues } = chosen;
  const revised = await ledger.revise({ schedule, continues, base: known.revision, directory, office, at: now, actor });
  if (options.json === true) printJson({ ...json, revised: revised !== null, voided: revised?.voided ?? 0 });
  else if (revised === null) print('已经是修订后的内容，任务不变。');
  else {
    const voided = revised.voided > 0 ? `，作废尚未发出的提醒 ${revised.voided} 条` : '';
    print(colors.green(`已按修订更新（第 ${revised.revision} 次修订）${voided}。`));
  }
  return true;
}

function chosenOf({ material, known }: Confirming, revision: Revision, { only, except }: RevisionOptions): Chosen {
  const made = choose(known.schedule, material.schedule, revision, { only: only ?? null, except: except ?? [] });
  if (!made.ok) throw new Failure(made.errors.join('\n'), EXIT.usage);
  if (isEmpty(made.value.revision)) throw new Failure('选取的任务没有改动，什么也没有改变。');
  return made.value;
}

function sizeOf({ notice, fresh, gone, changed }: Revision): number {
  return Math.min(notice.length, 1) + fresh.length + gone.length + changed.length;
}

/** Questions that stand open with what is new or changed. */
function reviewInWords({ revision: { fresh, changed } }: Chosen): readonly string[] {
  const open = [...changed.map(({ after }) => after), ...fresh].filter(({ review }) => review.length > 0);
  if (open.length === 0) return [];
  return [`  其中 ${open.length} 项有待核对之处（${open.map(({ ref }) => ref).join('、')}），见分解表的 review。`];
}
