import path from 'node:path';

import type { Command } from 'commander';

import type { Clock } from '../app-clock.ts';
import type { Role } from '../app-roles.ts';
import type { App } from '../app.ts';
import { check } from '../configuration/check.ts';
import type { HttpAddress } from '../console/server.ts';
import { type Configuration, readConfiguration } from '../configuration/index.ts';
import type { Directory } from '../domain/directory.ts';
import { noticeDate, type Schedule } from '../domain/notice.ts';
import { type Instant, instantOf } from '../domain/time.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type Logger, openLog } from '../log.ts';
import type { Settings } from '../settings.ts';
import { formatErrors } from '../yaml.ts';
import { confirmMaterial } from './confirm.ts';
import { EXIT, Failure } from './failure.ts';
import { knownSchedules, loadConfiguration, loadMaterial, type Material, officeOf } from './material.ts';
import { isoInstant } from './options.ts';
import { print, whenToldToStop } from './terminal.ts';

interface Options {
  readonly role?: string[];
  readonly now?: Instant;
  readonly schedule?: string[];
}

export function registerStart(program: Command, settings: () => Settings): void {
  program
    .command('start')
    .summary('按真实时钟运行：催办已确认的分解表')
    .option('--role <role...>', '只做其中的事：scheduler 排程，worker 发送，console 网页（默认：全都做）')
    .option('--now <时刻>', '演练：时钟从这一刻走起，用自带 PostgreSQL 里的另一本台账，每条消息注明演练', isoInstant)
    .option('--schedule <name...>', '演练哪些分解表（默认：已确认的；都没有则 seeds 下全部）')
    .addHelpText(
      'after',
      `
环境变量（都可用 名称_FILE 指向存放它的文件）：
  SMTP_URL       邮件，必填，如 smtp://用户:密码@mail.example:587
  SMPP_URL       短信，如 smpp://账号:密码@sms.example:2775；不设则不发短信
  DATABASE_URL   PostgreSQL；不设则用自带的，数据在 CUIBAN_DATA
                 加密：postgres://…?sslmode=verify-full&sslrootcert=/路径/ca.pem
  REDIS_URL      Redis；不设则队列也在 PostgreSQL。redis://用户:密码@主机:6379/0；
                 哨兵 redis-sentinel://…@h1:26379,h2:26379/mymaster?sentinelPassword=…；集群 redis-cluster://…@h1:7000,h2:7001；
                 加密 rediss://、rediss-sentinel://、rediss-cluster://，可加 ?caFile=/路径/ca.pem&serverName=证书上的名字
  CUIBAN_HTTP    在哪里回答 /healthz /readyz /metrics，如 127.0.0.1:8081；off 不开。
                 不设时：有 console 角色（含默认）的开在 127.0.0.1:8081，只做 worker、scheduler 的不开
  CUIBAN_OPERATORS_FILE  控制台 /admin/ 的操作员名单，每行由 cuiban operator 打印；CUIBAN_PUBLIC_URL 其 https 地址
  CUIBAN_OTLP_URL  OpenTelemetry 跟踪送往哪里（OTLP/HTTP，也认 OTEL_EXPORTER_OTLP_ENDPOINT）；不设则不跟踪
  CUIBAN_HEARTBEAT_URL  一切正常时每分钟访问一次的地址（healthchecks 式），不正常时访问 …/fail
  CUIBAN_CONFIG  CUIBAN_SEEDS  CUIBAN_DATA  CUIBAN_LEASE_SECONDS  LOG_LEVEL
信号：SIGTERM、SIGINT 办完手头的再停；SIGHUP 重新读取配置。
角色：一个进程做所有的事即可；量大或要分开部署时，scheduler 和 worker 各开任意多个，共用一个 DATABASE_URL，不分主次。
示例：
  SMTP_URL=smtp://127.0.0.1:2525 cuiban start --role worker
  SMTP_URL=smtp://127.0.0.1:2525 cuiban start --now 2022-08-24T08:59:50+08:00 --schedule ruicheng-2022
`,
    )
    .action(async (options: Options) => {
      await start(settings(), options);
    });
}

async function start(settings: Settings, options: Options): Promise<void> {
  if (settings.smtpUrl === null) {
    throw new Failure(
      '没有设置 SMTP_URL，无法发送邮件。例：SMTP_URL=smtp://用户:密码@mail.example:587 （密码也可放进文件，用 SMTP_URL_FILE 指明）',
      EXIT.usage,
    );
  }
  const log = openLog(settings.logLevel);
  const configuration = new LiveConfiguration(await loadConfiguration(settings), settings, log);
  const roles = await rolesOf(options);
  await checkOperators(settings);
  const stopped = untilSignalled(log);
  const drill = options.now !== undefined;
  // Only now: the help loads every command, and needs neither queue nor mail.
  const [{ openApp }, { clockFrom, wallClock }, { openLedgerOf }, { connectionsOf }] = await Promise.all([
    import('../app.ts'),
    import('../app-clock.ts'),
    import('../app-ledger.ts'),
    import('../app-roles.ts'),
  ]);
  const clock: Clock = options.now === undefined ? wallClock : clockFrom(options.now);
  const practised = options.now === undefined ? [] : await materialsForDrill(settings, configuration, log, options.schedule);
  const handle = await openLedgerOf(settings, configuration, log, drill ? 'cuiban_drill' : undefined, connectionsOf(roles));
  let app: App | null = null;
  const reload = (): void => void configuration.reload();
  const watching = setInterval(reload, RELOAD_MS);
  process.on('SIGHUP', reload);
  try {
    if (options.now !== undefined) await prepareDrill(configuration, handle.ledger, options.now, practised);
    else if (options.schedule !== undefined) throw new Failure('--schedule 只用于演练（--now）；真实运行催办所有已确认的分解表');
    const { ledger } = handle;
    configuration.protect(async () => withDirectories(await ledger.schedules(), await ledger.directories()));
    const watch = { http: drill ? null : httpOf(settings, roles), heartbeatUrl: drill ? null : settings.heartbeatUrl };
    app = await openApp({ settings, configuration, clock, drill, ledger, databaseUrl: handle.url, log, roles, watch });
    await app.keepTime();
    const schedules = await handle.ledger.schedules();
    log.info({ worker: app.worker, roles, schedules: schedules.map(({ name }) => name), drill }, 'started');
    if (schedules.length === 0) print('还没有确认过的分解表；确认后会自动开始催办：cuiban confirm ruicheng-2022');
    const why = await Promise.race([stopped, app.outdated]);
    if (typeof why === 'string') {
      await app.stop();
      // What was not begun is with the ledger again; what perhaps went out is in doubt at once, and not when its lease ends.
      await ledger.releaseWorker(app.worker, clock.now());
      throw new Failure(why, EXIT.outdated);
    }
  } finally {
    clearInterval(watching);
    process.off('SIGHUP', reload);
    await app?.stop();
    await handle.close();
    log.info({}, 'stopped');
  }
}

async function rolesOf({ role, now }: Options): Promise<readonly Role[]> {
  const { everyRole, readRoles } = await import('../app-roles.ts');
  if (role === undefined) return everyRole();
  if (now !== undefined) throw new Failure('演练（--now）由一个进程做完所有的事，不能再用 --role', EXIT.usage);
  try {
    return readRoles(role);
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error), EXIT.usage);
  }
}

async function checkOperators({ operators }: Settings): Promise<void> {
  const { readOperators } = await import('../console/operators.ts');
  try {
    readOperators(operators ?? '');
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error), EXIT.usage);
  }
}

/** Whoever runs all in one process finds its figures without having set anything; two such processes on one machine are no reason to refuse. */
function httpOf({ http }: Settings, roles: readonly Role[]): HttpAddress | null {
  if (http !== 'default') return http === null ? null : { ...http, required: true };
  return roles.includes('console') ? { host: '127.0.0.1', port: 8081, required: roles.length === 1 } : null;
}

const RELOAD_MS = 60_000;

/** What is practised: the schedules named, else those confirmed in the real ledger, else all seeds. */
async function materialsForDrill(
  settings: Settings,
  configuration: LiveConfiguration,
  log: Logger,
  named: readonly string[] | undefined,
): Promise<readonly Followed[]> {
  const { openLedgerOf } = await import('../app-ledger.ts');
  const handle = await openLedgerOf(settings, configuration, log);
  try {
    const confirmed = withDirectories(await handle.ledger.schedules(), await handle.ledger.directories());
    if (named === undefined && confirmed.length > 0) return confirmed;
  } finally {
    await handle.close();
  }
  return Promise.all((named ?? (await knownSchedules(settings))).map((name) => loadMaterial(settings, name)));
}

type Followed = Pick<Material, 'schedule' | 'directory'>;

function withDirectories(schedules: readonly Schedule[], directories: readonly Directory[]): readonly Followed[] {
  return schedules.flatMap((schedule) => {
    const directory = directories.find(({ office }) => office === schedule.office);
    return directory === undefined ? [] : [{ schedule, directory }];
  });
}

/** A drill has a ledger of its own: what is practised never touches what is owed. Duties count as handed out when the notice was issued. */
async function prepareDrill(
  configuration: LiveConfiguration,
  ledger: Ledger,
  now: Instant,
  practised: readonly Followed[],
): Promise<void> {
  for (const material of practised) {
    const office = officeOf(configuration.current(), material.schedule);
    const issued = instantOf(office.hours.zone, noticeDate(material.schedule.notice), office.hours.sendAt);
    if (issued <= now) await confirmMaterial(ledger, material, office, issued, '演练');
  }
}

/** The configuration in force. A changed one replaces it only when all of it is right for all that is confirmed. */
class LiveConfiguration {
  #current: Configuration;
  readonly #settings: Settings;
  readonly #log: Logger;
  #confirmed: () => Promise<readonly Followed[]> = () => Promise.resolve([]);

  constructor(first: Configuration, settings: Settings, log: Logger) {
    this.#current = first;
    this.#settings = settings;
    this.#log = log;
  }

  current(): Configuration {
    return this.#current;
  }

  /** What a new configuration must be right for, asked whenever there is one. */
  protect(confirmed: () => Promise<readonly Followed[]>): void {
    this.#confirmed = confirmed;
  }

  async reload(): Promise<void> {
    try {
      const read = await readConfiguration(this.#settings.configDir);
      if (!read.ok) {
        this.#log.error(
          { errors: formatErrors(read.errors).split('\n') },
          'the changed configuration is wrong; the one in force stays',
        );
        return;
      }
      if (read.value.version === this.#current.version) return;
      const errors = check(read.value, await this.#confirmed()).filter(({ level }) => level === 'error');
      if (errors.length > 0) {
        this.#log.error({ errors }, 'the changed configuration does not fit what is confirmed; the one in force stays');
        return;
      }
      this.#current = read.value;
      this.#log.info({ version: read.value.version, dir: path.basename(this.#settings.configDir) }, 'configuration replaced');
    } catch (error) {
      this.#log.error({ err: error }, 'the configuration could not be read; the one in force stays');
    }
  }
}

/** Supervisors that send SIGTERM kill some ten seconds later; whatever still hangs then hangs on somebody who does not answer. */
const STOPPED_BY_MS = 9_800;

function untilSignalled(log: Logger): Promise<void> {
  let told = false;
  return new Promise((resolve) => {
    whenToldToStop(() => {
      if (told) return;
      told = true;
      log.info({}, 'stopping');
      setTimeout(() => {
        log.error({}, 'ended before all was closed; what was claimed is owed again when its lease ends');
        process.exit(EXIT.failed);
      }, STOPPED_BY_MS).unref();
      resolve();
    });
  });
}
