import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding } from '../contract.ts';
import { drift, staleHolder } from '../../test/findings.ts';
import { judged, type Actor } from '../../test/day.ts';
import { SSHD, inUnit, web } from '../../test/services-day.ts';
import { declared } from '../../test/stale-day.ts';
import { NO_STORIES, steadied } from './flapping.ts';

const BEGIN = Date.parse('2026-11-23T02:00:00.000Z');
const one = drift();

/** What is shown after looks of which each says whether the finding is there: seconds, and there or not. */
function shown(looks: readonly (readonly [second: number, isThere: boolean])[]): readonly Finding[] {
  let [stories, findings]: [typeof NO_STORIES, readonly Finding[]] = [NO_STORIES, []];
  for (const [second, isThere] of looks)
    ({ stories, findings } = steadied(stories, isThere ? [one] : [], BEGIN + second * 1000));
  return findings;
}

/** There for ten seconds, gone for ten, `times` times. */
const comesAndGoes = (times: number) =>
  Array.from({ length: times }, (_, at) => [[at * 20, true] as const, [at * 20 + 10, false] as const]).flat();

suite('a finding', () => {
  test('that opened once is as it was found', () => {
    assert.deepEqual(shown([[0, true]]), [one]);
  });

  test('that closed twice is closed', () => {
    assert.deepEqual(shown(comesAndGoes(2)), []);
  });

  test('that closed three times within five minutes stays open, and tells how often it opened', () => {
    const [found] = shown(comesAndGoes(3));
    assert.equal(found?.id, one.id);
    assert.deepEqual(found.flapping, { count: 3, since: '2026-11-23T02:00:00.000Z' });
    assert.match(found.subtitle, / · flapping, opened 3 times since 23 Nov 02:00:00 UTC$/);
  });

  test('that closed three times in more than five minutes does not flap', () => {
    const slow = [0, 150, 301].flatMap((second) => [[second, true] as const, [second + 5, false] as const]);
    assert.deepEqual(shown(slow), []);
  });

  test('that flaps counts on, also what is longer ago than five minutes', () => {
    const [found] = shown(comesAndGoes(30));
    assert.deepEqual(found?.flapping, { count: 30, since: '2026-11-23T02:00:00.000Z' });
  });

  test('that flapped closes when it was gone for five minutes', () => {
    assert.equal(shown([...comesAndGoes(3), [349, false]]).length, 1);
    assert.deepEqual(shown([...comesAndGoes(3), [350, false]]), []);
  });

  test('that flapped and stays is an ordinary one after five minutes', () => {
    assert.deepEqual(shown([...comesAndGoes(3), [60, true], [360, true]]), [one]);
  });

  test('that flapped and was calm begins to count anew', () => {
    assert.deepEqual(shown([...comesAndGoes(3), [400, false], [500, true], [510, false]]), []);
  });

  test('beside it is not touched', () => {
    const other = staleHolder({ id: 'ffffffffffffffff' });
    const { findings } = steadied(NO_STORIES, [one, other], BEGIN);
    assert.deepEqual(findings, [one, other]);
  });
});

test('a declared service that is held by the wrong one again and again is one flapping finding', () => {
  const stranger = { ...inUnit('java.service'), program: 'java', programKey: 'java /srv/app.jar' };
  const actors = [0, 1, 2, 3].flatMap((at): Actor[] => [
    { pid: 300 + at, from: at * 40, to: at * 40 + 20, ports: [3000], is: stranger },
    web({ pid: 100 + at, from: at * 40 + 20, to: at * 40 + 40 }),
  ]);
  const [found, ...others] = judged({
    actors: [SSHD, ...actors],
    until: 155,
    expectations: [declared({ unit: 'web.service' })],
  });
  assert.equal(others.length, 0);
  assert.ok(found?.kind === 'wrong-holder');
  assert.equal(found.flapping?.count, 4);
  assert.equal(found.since, found.flapping.since);
});
