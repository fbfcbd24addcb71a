/**
 * One round: an agent whose aggregator is away fills its spool, is killed at some moment, perhaps half-way through a record,
 * and comes back with the aggregator; perhaps it is killed again while it delivers.
 */
import assert from 'node:assert/strict';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import type { Event } from '../src/contract.ts';
import { Receiver, type Delivered } from './receiver.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const WITHIN_MS = 120_000;
const SCAN_MS = 200;

export interface RoundOptions {
  /** Killed once the spool has so many bytes. */
  readonly fillBytes: number;
  readonly listeners: number;
  /** The last record is cut as by a power cut. */
  readonly isTorn: boolean;
  /** The second start is killed while it delivers. */
  readonly isKilledTwice: boolean;
  /** From 0 to 1, as often as it is asked. */
  readonly random: () => number;
}

/** What a round showed. */
export interface Round {
  readonly spooledBytes: number;
  /** Events of files that an agent left when it was killed, gaps included. */
  readonly spooled: number;
  readonly dropped: number;
  /** Of those, delivered; each must be. */
  readonly delivered: number;
  /** Came more than once over the wire, and are told apart by their names. */
  readonly repeated: number;
  /** From the last look of the killed agent, as its successor tells, to the kill. */
  readonly lookBeforeKillMs: number;
  readonly gapMs: number;
  readonly recoveryMs: number;
}

/** Whatever a round starts is ended and removed with it. */
class Scene {
  readonly state = mkdtempSync(join(tmpdir(), 'portlight-round-'));
  readonly spool = join(this.state, 'spool');
  readonly receiver = new Receiver();
  readonly #children: ChildProcess[] = [];

  blink(listeners: number): ChildProcess {
    const child = fork(new URL('blinking-listeners.ts', import.meta.url), [String(listeners)]);
    this.#children.push(child);
    return child;
  }

  async agent(): Promise<ChildProcess> {
    const server = `http://127.0.0.1:${this.receiver.port}`;
    const args = ['agent', '--listen', '127.0.0.1:0', '--scan-every', `${SCAN_MS}ms`, '--log-level', 'error'];
    const child = spawn(process.execPath, [MAIN, ...args, '--state-dir', this.state, '--server', server], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  async end(): Promise<void> {
    for (const child of this.#children) await kill(child);
    await this.receiver.stop();
    rmSync(this.state, { recursive: true, force: true });
  }
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  const giveUp = Date.now() + WITHIN_MS;
  while (!isTrue() && Date.now() < giveUp) await sleep(20);
  assert.ok(isTrue(), what);
}

const filesIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.events'));

function bytesIn(folder: string): number {
  return filesIn(folder).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** Read by the test's own hand: what the format promises, not what the agent's code makes of it. */
function spooledIn(folder: string): readonly Delivered[] {
  return filesIn(folder)
    .sort()
    .flatMap((name) => {
      const agentStartedAt = new Date(Number(name.split('-')[1])).toISOString();
      return wholeRecords(readFileSync(join(folder, name))).map(({ id, kind }) => ({ agentStartedAt, id, kind }));
    });
}

function wholeRecords(bytes: Buffer): readonly Event[] {
  const events: Event[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const json = bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at));
    if (json.length !== bytes.readUInt32LE(at) || crc32(json) !== bytes.readUInt32LE(at + 4)) break;
    events.push(JSON.parse(json.toString()) as Event);
    at += 8 + json.length;
  }
  return events;
}

/** Cuts into the last record of the newest file. */
function tear(folder: string, random: number): void {
  const name = filesIn(folder).sort().at(-1);
  assert.ok(name);
  const { size } = statSync(join(folder, name));
  truncateSync(join(folder, name), size - 1 - Math.floor(random * 60));
}

const nameOf = ({ agentStartedAt, id }: Delivered) => `${agentStartedAt} ${id}`;

/** Exactly once, in order, once repetitions are told apart by their names. */
function assertDelivered(receiver: Receiver, spooled: readonly Delivered[]): number {
  const expected = new Set(spooled.map(nameOf));
  const got = receiver.once.filter((one) => expected.has(nameOf(one))).map(nameOf);
  assert.deepEqual(got, spooled.map(nameOf));
  const order = receiver.once.map(({ agentStartedAt, id }) => agentStartedAt + String(id).padStart(12, '0'));
  assert.deepEqual(order, order.toSorted(), 'start by start, each in order');
  return got.length;
}

/** Answers when it was killed. */
async function fill({ receiver, spool }: Scene, agent: ChildProcess, options: RoundOptions): Promise<number> {
  await until(() => receiver.fulls.length > 0, 'the first contact');
  await receiver.stop();
  await until(() => bytesIn(spool) >= options.fillBytes, 'a filled spool');
  await sleep(options.random() * 1000);
  const killedAt = Date.now();
  await kill(agent);
  return killedAt;
}

export async function playRound(options: RoundOptions): Promise<Round> {
  const scene = new Scene();
  try {
    return await play(scene, options);
  } finally {
    await scene.end();
  }
}

async function play(scene: Scene, options: RoundOptions): Promise<Round> {
  const { receiver, spool } = scene;
  const { random } = options;
  await receiver.start();
  const blinking = scene.blink(options.listeners);
  const killedAt = await fill(scene, await scene.agent(), options);
  await kill(blinking);
  if (options.isTorn) tear(spool, random());
  let spooled = spooledIn(spool);
  const spooledBytes = bytesIn(spool);
  await sleep(500 + random() * 1000);
  await receiver.start();
  const back = Date.now();
  let agent = await scene.agent();
  if (options.isKilledTwice) {
    const enough = spooled.length * random() * 0.8;
    await until(() => receiver.once.length > enough, 'a part of it delivered');
    await kill(agent);
    spooled = withLater(spooled, spooledIn(spool));
    agent = await scene.agent();
  }
  await until(() => receiver.fulls.length > 1, 'a full push');
  const recoveryMs = Date.now() - back;
  const delivered = assertDelivered(receiver, spooled);
  const gap = receiver.gaps.find(({ from = '', at }) => Date.parse(from) <= killedAt && Date.parse(at) >= killedAt);
  assert.ok(gap?.from, 'a gap from the last look before the kill on');
  assert.ok(receiver.fulls.at(-1)?.lookedUntil);
  if (options.isTorn) assert.ok(receiver.gaps.some(({ detail }) => detail?.includes('could not be read back')));
  const droppedText = receiver.gaps.map(({ detail }) => /^(\d+) events dropped/.exec(detail ?? '')?.[1] ?? 0);
  return {
    spooledBytes,
    spooled: spooled.length,
    dropped: droppedText.reduce<number>((sum, count) => sum + Number(count), 0),
    delivered,
    repeated: receiver.repeated,
    lookBeforeKillMs: killedAt - Date.parse(gap.from),
    gapMs: Date.parse(gap.at) - Date.parse(gap.from),
    recoveryMs,
  };
}

/** What the second start had spooled when it was killed, too. */
function withLater(spooled: readonly Delivered[], later: readonly Delivered[]): readonly Delivered[] {
  const known = new Set(spooled.map(nameOf));
  return [...spooled, ...later.filter((one) => !known.has(nameOf(one)))];
}
