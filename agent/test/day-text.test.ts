/** The text of a day loses nothing: a recorded day that is written down anew, from the looks read out of it, reads the same. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { Holder, Listener, Snapshot } from '../src/contract.ts';
import { parseDay, type Day } from '../days/day-format.ts';
import { looksOf } from '../days/day-reader.ts';
import { DayWriter } from '../days/day-writer.ts';

const DAYS = new URL('../days/', import.meta.url);
const files = ['ordinary', 'incidents'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, DAYS)).map((file) => `${folder}/${file}`),
);

function writtenAnew(looks: readonly Snapshot[], { machine, made, name, expect }: Day['head']): Day {
  const writer = new DayWriter({ machine, made, name, expect }, () => true);
  const lines = looks.flatMap((look) => writer.see(look)).concat(writer.mark(looks.at(-1)!.takenAt));
  return parseDay(lines.map((line) => JSON.stringify(line)).join('\n'));
}

/** Without what moves by itself, of which only now and then a reading is written down. */
function lasting(look: Snapshot): string {
  const holder = (one: Holder) => ({ ...one, state: null, fileDescriptors: null });
  const listener = (one: Listener) => ({
    ...one,
    connections: null,
    acceptQueue: null,
    holders: one.holders.map(holder),
  });
  return JSON.stringify(look.listeners.map(listener));
}

/** Between two lines of a day all looks show the very same listeners. */
function changing(looks: Iterable<Snapshot>): readonly Snapshot[] {
  const all = [...looks];
  return all.filter((look, at) => look.listeners !== all[at - 1]?.listeners || at === all.length - 1);
}

/** Look by look only what differs from the look before. */
function story(looks: readonly Snapshot[]): readonly (readonly [string, string])[] {
  return looks
    .map((look) => [look.takenAt, lasting(look)] as const)
    .filter(([, seen], at, all) => at === 0 || seen !== all[at - 1]?.[1]);
}

suite('a day written down anew', () => {
  for (const file of files) {
    test(file, () => {
      const day = parseDay(readFileSync(new URL(file, DAYS), 'utf8'));
      const looks = changing(looksOf(day));
      const again = changing(looksOf(writtenAnew(looks, day.head)));
      assert.ok(story(looks).length >= 2, 'something happens on it');
      assert.deepEqual(story(again), story(looks));
      assert.equal(again.at(-1)?.takenAt, looks.at(-1)?.takenAt);
    });
  }
});
