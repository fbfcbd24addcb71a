/**
 * Real processes open, close, fork, exec, pass sockets, die and hide in network namespaces, step by step and by chance;
 * what a look sees must be what they did. `PORTLIGHT_TEST_SEED` plays the same choices again, `PORTLIGHT_TEST_STEPS` as many.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openProcRoot } from '../src/proc/proc-root.ts';
import { createFullScanner } from '../src/scan/full-scanner.ts';
import { randomOf } from './random-steps/random.ts';
import { playStep, type Stage } from './random-steps/steps.ts';
import { findPython, FIRST_PROGRAM, Troupe } from './random-steps/troupe.ts';
import { World } from './random-steps/world.ts';
import { isMissing, row, ss } from './ss-rows.ts';

const SEED = Number(process.env.PORTLIGHT_TEST_SEED ?? Date.now() % 1_000_000);
const ASKED_STEPS = process.env.PORTLIGHT_TEST_STEPS;
const STEPS = Number(ASKED_STEPS ?? 2000);
/** On a machine so busy that all of them would take longer, fewer must do; asked for by number, all are played. */
const LONGEST_MS = ASKED_STEPS === undefined ? 60_000 : Infinity;
const FEWEST = Math.min(STEPS, 200);
/** Every so many steps ss is asked too. */
const SS_EVERY = 20;
const TOLD_STEPS = 12;

const python = findPython();
const isRoot = process.getuid?.() === 0;
const hasSs = !isMissing('ss');
const hasNsenter = isRoot && !isMissing('nsenter');
const skip = python === null && 'needs python3, whose processes can fork and exec without ending';

test(
  'after random steps, up to 2,000, each look sees exactly the sockets and holders there are',
  { skip },
  async (t) => {
    assert.ok(python !== null);
    const { troupe, first } = await Troupe.gather(python);
    t.after(() => troupe.end());
    const stage: Stage = { random: randomOf(SEED), troupe, world: new World(first, FIRST_PROGRAM), isRoot };
    const scanner = createFullScanner({ root: openProcRoot('/proc'), etc: openProcRoot('/etc'), commandLines: true });
    t.diagnostic(`seed ${SEED}`);
    const told: string[] = [];
    const begun = performance.now();
    let looks = 0;
    let comparisons = 0;
    let nextLook = 0;
    while (told.length < STEPS && performance.now() - begun < LONGEST_MS) {
      told.push(await playStep(stage));
      const isSsDue = hasSs && told.length % SS_EVERY === 0;
      if (told.length < nextLook && !isSsDue && told.length < STEPS) continue;
      nextLook = told.length + 1 + stage.random.below(3);
      stage.world.look();
      compare(stage.world, scanner.scan(new Date()).listeners, told);
      looks += 1;
      if (isSsDue) comparisons += compareWithSs(stage.world, told);
    }
    const tookSeconds = ((performance.now() - begun) / 1000).toFixed(0);
    t.diagnostic(`${told.length} steps, ${looks} looks, ${comparisons} comparisons with ss, ${tookSeconds} s`);
    assert.ok(told.length >= FEWEST, `only ${told.length} steps in ${tookSeconds} s`);
    assert.ok(!hasSs || comparisons >= Math.floor(told.length / SS_EVERY));
  },
);

function compare(world: World, listeners: Parameters<World['seen']>[0], told: readonly string[]): void {
  assert.deepEqual(world.seen(listeners), world.expected, `the look differs ${story(told)}`);
}

/** The host's rows, and those of each other namespace with a process in it. Returns how many were compared. */
function compareWithSs(world: World, told: readonly string[]): number {
  const pids = new Set(world.actors.map(({ pid }) => pid));
  const insiders = hasNsenter ? world.namespaces.filter((one) => one !== world.hostNamespace) : [];
  for (const namespace of [world.hostNamespace, ...insiders]) {
    const inside = world.actors.find((actor) => actor.namespace === namespace);
    const prefix = namespace === world.hostNamespace ? [] : ['nsenter', `--net=/proc/${inside?.pid}/ns/net`];
    const said = ss(...prefix).filter((line) => pidsOf(line).some((pid) => pids.has(pid)));
    const expected = world.rowsIn(namespace).map((one) => row(one.protocol, one.address, one.port, one.pids));
    assert.deepEqual(said, expected.sort(), `ss differs ${story(told)}`);
  }
  return 1 + insiders.length;
}

function pidsOf(line: string): readonly number[] {
  return (line.split(' pids ')[1] ?? '').split(' ').map(Number);
}

function story(told: readonly string[]): string {
  return `after step ${told.length} of PORTLIGHT_TEST_SEED=${SEED}:\n${told.slice(-TOLD_STEPS).join('\n')}`;
}
