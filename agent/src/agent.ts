/** The running agent: looks at the machine at its pace, serves what it saw, pushes what changed. */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { AgentConfig } from './config.ts';
import type { AgentCost, Snapshot } from './contract.ts';
import { EventStreams } from './events/event-streams.ts';
import { RecentHappenings } from './events/happenings.ts';
import { createMissedLooks } from './events/missed-looks.ts';
import { Judgement, type Expected } from './findings/judgement.ts';
import { withServices } from './findings/services.ts';
import { HandedDown } from './handed-down.ts';
import { hostAddresses, hostId, type HostId } from './host.ts';
import { loadJudgement, saveJudgement } from './judgement-file.ts';
import { createEndpoint, type Health } from './local/endpoint.ts';
import { listen } from './local/listen.ts';
import type { Log } from './log.ts';
import { Figures } from './metrics/figures.ts';
import { metricsText } from './metrics/metrics-text.ts';
import { Textfile } from './metrics/textfile.ts';
import { Pace } from './pace.ts';
import { readTokenFile } from './push/host-token.ts';
import { readLastLook } from './push/last-look.ts';
import { type Pusher } from './push/pusher.ts';
import { lastLookFile, startPusher } from './push/start-pusher.ts';
import { openProcRoot } from './proc/proc-root.ts';
import { createFullScanner } from './scan/full-scanner.ts';
import { Machine } from './scan/machine.ts';
import { portUsers } from './scan/port-rows.ts';
import type { Scan } from './scan/scanner.ts';
import { composeSnapshot } from './scan/snapshot.ts';
import { needed, StartError } from './start-error.ts';
import { steadyMs } from './steady-clock.ts';
import { startTicking } from './ticker.ts';
import { VERSION } from './version.ts';

function readTokenOf(file: string | null): string | null {
  if (file === null) return null;
  const token = needed('--read-token-file', () => readTokenFile(file));
  if (token === null || token.length < 16) {
    throw new StartError(
      `--read-token-file: expected a token of 16 characters or more in ${file} (make one: openssl rand -hex 32)`,
    );
  }
  return token;
}

/** What was learned is written down this often: a crash forgets no more. */
const KEEP_MS = 60_000;

/** User and system time of this process since it started. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export class Agent {
  readonly #config: AgentConfig;
  readonly #judgementFile: string;
  readonly #judgement: Judgement;
  readonly #handedDown: HandedDown;
  readonly #host: HostId;
  readonly #startedAt = new Date();
  readonly #liveToken = randomBytes(32).toString('base64url');
  readonly #machine: Machine;
  readonly #happenings = new RecentHappenings({ agentStartedAt: this.#startedAt });
  readonly #streams = new EventStreams({ happenings: this.#happenings });
  readonly #figures = new Figures();
  readonly #textfile: Textfile | null;
  readonly #pusher: Pusher | null;
  readonly #server: Server;
  #endpoint: string | null = null;
  readonly #log: Log;
  readonly #pace: Pace;
  #scans = 0;
  /** By {@link steadyMs}. */
  #lookedAtMs = -Infinity;
  #looksMs = 0;
  #stopTicking: (() => void) | null = null;
  #keepTimer: NodeJS.Timeout | null = null;
  #keepTrouble: string | null = null;
  #saysStateTrouble = false;

  /** Throws {@link StartError} when a file the configuration names cannot be used. */
  constructor(config: AgentConfig, log: Log, pace = new Pace({ askedMs: config.scanEvery })) {
    this.#config = config;
    this.#log = log;
    this.#pace = pace;
    const readToken = readTokenOf(config.readTokenFile);
    this.#host = hostId(config.stateDir);
    if (this.#host.trouble !== null) log.warn(this.#host.trouble);
    this.#handedDown = new HandedDown({
      file: join(config.stateDir, 'expectations.json'),
      own: config.expect,
      onChange: (expected) => this.#judgement.expect(expected),
    });
    // Without an aggregator events are kept for nobody.
    const lookedUntil = config.server === null ? null : readLastLook(lastLookFile(config), this.#startedAt);
    this.#pusher = startPusher(config, {
      startedAt: this.#startedAt,
      liveToken: this.#liveToken,
      lookedUntil,
      handedDown: this.#handedDown,
      hasStateTrouble: () => this.#saysStateTrouble,
      log,
    });
    const root = openProcRoot(config.procRoot);
    this.#judgementFile = join(config.stateDir, 'judgement.json');
    const { kept, trouble } = loadJudgement(this.#judgementFile);
    if (trouble !== null) log.warn(trouble);
    this.#judgement = new Judgement({ expected: this.#expected, kept, usersOf: portUsers(root) });
    const scanner = createFullScanner({
      root,
      etc: openProcRoot('/etc'),
      commandLines: !config.noCommandLines,
    });
    this.#machine = new Machine({
      scanner,
      compose: (scan) => this.#compose(scan),
      missed: createMissedLooks({ steadyMs, scanEveryMs: () => this.#pace.everyMs, lookedUntil }),
    });
    this.#machine.watch((_, events) => this.#figures.happened(events));
    this.#machine.watch((sight, events) => this.#happenings.see(sight, events));
    this.#machine.watch((sight, events) => this.#pusher?.see(sight, events));
    const { textfile: folder } = config;
    this.#textfile =
      folder === null ? null : new Textfile({ folder, text: () => this.#metrics(), log, clockMs: steadyMs });
    this.#server = this.#createServer(readToken);
  }

  /** Where people read it: a URL, or the path of the unix socket. Throws ListenError when the address cannot be had. */
  async start(): Promise<string> {
    const { listen: address, advertise } = this.#config;
    const url = await listen(this.#server, address);
    this.#endpoint = advertise?.href ?? reachable(url);
    this.#look();
    this.#stopTicking = startTicking(
      () => this.#look(),
      () => this.#pace.everyMs,
    );
    this.#keepTimer = setInterval(() => this.#keepJudgement(), KEEP_MS);
    return address.kind === 'unix' ? address.path : `${url}/`;
  }

  async stop(): Promise<void> {
    this.#stopTicking?.();
    if (this.#keepTimer) clearInterval(this.#keepTimer);
    this.#keepJudgement();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#streams.end();
    this.#server.closeIdleConnections();
    await Promise.all([this.#pusher?.leave(), this.#textfile?.remove()]);
    this.#server.closeAllConnections();
    await closed;
  }

  #createServer(readToken: string | null): Server {
    const { name, advertise } = this.#config;
    return createEndpoint({
      sight: () => this.#machine.sight,
      happenings: this.#happenings,
      streams: this.#streams,
      health: () => this.#health(),
      metrics: () => this.#metrics(),
      ownNames: [name, ...(advertise ? [advertise.hostname] : [])],
      readToken,
      liveToken: this.#liveToken,
      now: () => new Date(),
    });
  }

  #keepJudgement(): void {
    this.#keepTrouble = saveJudgement(this.#judgementFile, this.#judgement.kept(new Date()));
  }

  #look(): void {
    this.#lookedAtMs = steadyMs();
    const [before, begunMs] = [cpuMs(), performance.now()];
    this.#machine.look(new Date());
    this.#scans += 1;
    this.#figures.scanned((performance.now() - begunMs) / 1000);
    this.#textfile?.refresh();
    const allMs = cpuMs();
    this.#looksMs += allMs - before;
    const isOther = this.#pace.spent({ atMs: performance.now(), allMs, looksMs: this.#looksMs });
    if (isOther) this.#log.info(this.#pace.note ?? 'scans run at the pace of --scan-every again');
  }

  #compose(scan: Scan): Snapshot {
    const { name, label } = this.#config;
    const host = {
      id: this.#host.id,
      name,
      architecture: process.arch,
      addresses: hostAddresses(),
      labels: Object.fromEntries(label),
    };
    const agent = {
      version: VERSION,
      startedAt: this.#startedAt.toISOString(),
      endpoint: this.#endpoint,
      scanEveryMs: this.#pace.everyMs,
      cost: this.#cost(),
    };
    const listeners = withServices(scan.listeners, this.#expected.services);
    const troubles = this.#stateTroubles;
    this.#saysStateTrouble = troubles.length > 0;
    const own = [this.#pace.note, ...troubles].filter((note) => note !== null);
    const coverage = own.length === 0 ? scan.coverage : { ...scan.coverage, notes: [...scan.coverage.notes, ...own] };
    const snapshot = composeSnapshot({ scan: { ...scan, listeners, coverage }, host, agent, findings: [] });
    return { ...snapshot, findings: this.#judgement.see(snapshot) };
  }

  /** Without an aggregator, what one handed down earlier counts no more. */
  get #expected(): Expected {
    return this.#pusher === null ? { services: this.#config.expect, homes: [] } : this.#handedDown.expected;
  }

  #cost(): AgentCost {
    return { cpuSeconds: cpuMs() / 1000, residentBytes: process.memoryUsage.rss(), scans: this.#scans };
  }

  /** null before the first look. */
  #metrics(): string | null {
    const snapshot = this.#machine.sight?.snapshot;
    if (snapshot === undefined) return null;
    const { metricsMaxListeners: mostListeners } = this.#config;
    return metricsText({
      snapshot,
      expectations: this.#expected.services,
      counted: this.#figures.counted,
      push: this.#pusher?.figures ?? null,
      isHealthy: this.#health().status === 'ok',
      mostListeners,
    });
  }

  /** Why the state directory does not keep what it should, a sentence each. */
  get #stateTroubles(): readonly string[] {
    const troubles = [this.#host.trouble, this.#keepTrouble, this.#pusher?.stateTrouble ?? null];
    return troubles.filter((one) => one !== null);
  }

  #health(): Health {
    const isStale = steadyMs() - this.#lookedAtMs > 3 * this.#pace.everyMs;
    const stale = isStale ? ['the last scan is older than three scan periods'] : [];
    const others = [this.#handedDown.trouble, this.#textfile?.trouble, this.#pusher?.trouble];
    const troubles = [...this.#stateTroubles, ...others];
    const reasons = [...stale, ...troubles.filter((one) => typeof one === 'string')];
    return { status: reasons.length === 0 ? 'ok' : 'degraded', reasons, isStale };
  }
}

/** A wildcard is no address to reach: the first of the machine's own stands for it. */
function reachable(url: string | null): string | null {
  const [first] = hostAddresses();
  if (url === null || first === undefined) return url;
  return url.replace(/0\.0\.0\.0|\[::\]/, first.includes(':') ? `[${first}]` : first);
}
