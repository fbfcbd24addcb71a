/** Plays a fleet from first contact to the end. */
import { Hosts } from './hosts.ts';
import { listenersOf, machineAt, type FleetPlan } from './machine.ts';
import type { FleetOptions } from './options.ts';
import { EventRecord } from './record.ts';
import type { PartName, Reporter } from './report.ts';
import { Sender } from './sender.ts';
import { Tally } from './tally.ts';
import { Traffic } from './traffic.ts';

/** Machines that make first contact at once: the aggregator admits few full snapshots at a time. */
const FILL_AT_ONCE = 128;
const SAMPLE = 2_000;
const SAY_EVERY_MS = 1_000;
const STORM_WITHIN_MS = 300_000;
const STUCK_AFTER_MS = 60_000;

export interface Stage {
  readonly options: FleetOptions;
  readonly reporter: Reporter;
  readonly complain: (sentence: string) => void;
  readonly ending: AbortSignal;
}

export class Play {
  readonly #stage: Stage;
  readonly #plan: FleetPlan;
  readonly #hosts: Hosts;
  readonly #sender: Sender;
  readonly #traffic: Traffic;
  readonly #record: EventRecord | null;
  /** Tells what the part under way has counted, and counts anew. */
  #tell: () => void = () => undefined;
  #errors = 0;

  constructor(stage: Stage) {
    const { options } = stage;
    const { seed, listeners, incidents, recordFile } = options;
    this.#stage = stage;
    this.#plan = { seed, listeners, incidents, begunAt: Date.now() };
    this.#hosts = new Hosts(this.#plan, options.hosts);
    this.#record = recordFile === null ? null : new EventRecord(recordFile);
    this.#sender = new Sender(
      {
        plan: this.#plan,
        hosts: this.#hosts,
        enrollToken: options.enrollToken,
        shares: { full: options.fullShare, change: options.changeShare, gauges: options.gaugeShare },
        isCompressed: options.isCompressed,
        onEvent: (hostId, agentStartedAt, id) => this.#record?.add(hostId, agentStartedAt, id),
        onTrouble: stage.complain,
      },
      new Tally(),
    );
    this.#traffic = new Traffic(trafficOptions(options), this.#sender);
  }

  /** Answers whether all went well. */
  async run(): Promise<boolean> {
    const { options, ending } = this.#stage;
    this.#traffic.begin();
    await this.#part('fill', () => this.#fill());
    const areAllKnown = this.#hosts.fullsNeeded === 0;
    if (areAllKnown && !ending.aborted && options.lastsMs > 0) await this.#part('steady', () => this.#steady());
    if (areAllKnown && !ending.aborted && options.isStorm) await this.#part('storm', () => this.#storm());
    await this.#traffic.stop();
    this.#record?.close();
    return this.#errors === 0;
  }

  /** Tells what was counted until now. */
  mark(): void {
    this.#tell();
  }

  async #part(part: PartName, work: () => Promise<void>): Promise<void> {
    let seconds = 0;
    this.#tell = this.#counting(part);
    const timer = setInterval(() => {
      seconds += 1;
      const { pushes, errorCount: errors, putOff, eventsAcknowledged } = this.#sender.tally;
      this.#stage.reporter.say({ kind: 'progress', part, seconds, pushes, errors, putOff, eventsAcknowledged });
    }, SAY_EVERY_MS);
    await work();
    clearInterval(timer);
    this.#tell();
    this.#tell = () => undefined;
  }

  #counting(part: PartName): () => void {
    const { reporter, options } = this.#stage;
    let cpu = process.cpuUsage();
    this.#sender.tally = new Tally();
    return () => {
      const { tally } = this.#sender;
      const { user, system } = process.cpuUsage(cpu);
      const cpuSeconds = (user + system) / 1e6;
      const listeners = this.#meanListeners();
      this.#errors += tally.errorCount;
      reporter.say({ kind: 'part', part, hosts: options.hosts, listeners, cpuSeconds, ...tally.summary });
      cpu = process.cpuUsage();
      this.#sender.tally = new Tally();
    };
  }

  /** First contact of each; those that have made it go on with signs of life. */
  async #fill(): Promise<void> {
    const { ending, options } = this.#stage;
    this.#traffic.limit = FILL_AT_ONCE;
    this.#traffic.isOngoing = options.paceMs > 0;
    this.#traffic.callAll();
    const isStuck = this.#watch();
    await this.#traffic.until(() => ending.aborted || this.#hosts.fullsNeeded === 0 || isStuck());
    if (!ending.aborted && this.#hosts.fullsNeeded > 0) this.#giveUp('made no first contact in a minute');
    else if (!ending.aborted) await this.#traffic.pause();
    this.#traffic.limit = Infinity;
  }

  async #steady(): Promise<void> {
    const { ending, options } = this.#stage;
    const { paceMs, lastsMs, seed } = options;
    const end = performance.now() + lastsMs;
    this.#sender.isQuiet = false;
    this.#traffic.isOngoing = true;
    if (paceMs === 0) this.#traffic.callAll();
    else this.#traffic.spreadAll(seed);
    await this.#traffic.until(() => ending.aborted || performance.now() > end);
    if (!ending.aborted) await this.#traffic.pause();
  }

  /** All agents start anew in the same second. */
  async #storm(): Promise<void> {
    const { ending } = this.#stage;
    const end = performance.now() + STORM_WITHIN_MS;
    for (let host = 0; host < this.#hosts.count; host += 1) this.#hosts.restart(host, Date.now());
    this.#traffic.limit = Infinity;
    this.#sender.isQuiet = true;
    this.#traffic.isOngoing = false;
    this.#traffic.callAll();
    await this.#traffic.until(() => ending.aborted || this.#hosts.fullsNeeded === 0 || performance.now() > end);
    if (!ending.aborted && this.#hosts.fullsNeeded > 0) this.#giveUp('were not through in five minutes');
  }

  /** Whether none more got through for a minute. */
  #watch(): () => boolean {
    let [least, at] = [this.#hosts.fullsNeeded, performance.now()];
    return () => {
      if (this.#hosts.fullsNeeded < least) [least, at] = [this.#hosts.fullsNeeded, performance.now()];
      return performance.now() - at > STUCK_AFTER_MS;
    };
  }

  #giveUp(what: string): void {
    this.#sender.tally.failed(`given up: ${what}`);
    this.#stage.complain(`${this.#hosts.fullsNeeded} of ${this.#hosts.count} machines ${what}`);
  }

  #meanListeners(): number {
    const count = Math.min(SAMPLE, this.#hosts.count);
    const sum = Array.from({ length: count }, (_, host) => listenersOf(machineAt(this.#plan, host)));
    return sum.reduce((total, listeners) => total + listeners, 0) / count;
  }
}

function trafficOptions(options: FleetOptions) {
  const { hosts, paceMs, isSocketPerHost, isStretchable, servers, sources } = options;
  const places = Array.from({ length: isSocketPerHost ? hosts : options.sockets }, (_, number) => ({
    target: servers[number % servers.length] ?? servers[0],
    source: sources[Math.floor(number / servers.length) % sources.length] ?? null,
  }));
  return { hosts, paceMs, places, isOneEach: isSocketPerHost, isStretchable };
}
