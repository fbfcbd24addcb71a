import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Event } from '../contract.ts';
import { scannerOf } from '../../test/scanned-machine.ts';
import { snapshot } from '../../test/snapshots.ts';
import { Machine } from '../scan/machine.ts';
import { createMissedLooks } from './missed-looks.ts';

const START = Date.parse('2026-11-23T15:00:00.000Z');

/** Looks at moments of both clocks, in seconds. */
function looks(scanEveryMs = 1000) {
  let steady = 0;
  const missed = createMissedLooks({ steadyMs: () => steady, scanEveryMs: () => scanEveryMs });
  return (steadySeconds: number, wallSeconds = steadySeconds) => {
    steady = steadySeconds * 1000;
    return missed(new Date(START + wallSeconds * 1000));
  };
}

suite('missed looks', () => {
  test('a look later than three periods and two seconds tells from when to when nobody looked', () => {
    const look = looks();
    assert.equal(look(0), null);
    assert.equal(look(5), null);
    assert.deepEqual(look(17.5), {
      at: '2026-11-23T15:00:17.500Z',
      kind: 'gap',
      protocol: 'tcp',
      address: '',
      port: 0,
      networkNamespace: '',
      inode: '',
      holders: [],
      detail:
        'nobody looked from 2026-11-23T15:00:05.000Z to 2026-11-23T15:00:17.500Z (13 s); what opened and closed in between is not known',
      from: '2026-11-23T15:00:05.000Z',
    });
    assert.equal(look(18), null);
  });

  test('slow scans are no gap', () => {
    const look = looks(60_000);
    look(0);
    assert.equal(look(181), null);
    assert.equal(look(400)?.kind, 'gap');
  });

  test('a clock that is set by an hour is none, and makes no gap longer or negative', () => {
    const look = looks();
    look(0);
    assert.equal(look(1, 3601), null);
    assert.equal(look(2, -3598), null);
    assert.match(look(62, -7198)?.detail ?? '', /from 2026-11-23T12:59:02\.000Z to 2026-11-23T13:00:02\.000Z \(60 s\)/);
  });

  test('the event is numbered among the others, before what the look found', () => {
    const scan = scannerOf();
    const seen: Event[] = [];
    let steady = 0;
    const machine = new Machine({
      scanner: { scan: (at) => scan((at.getTime() - START) / 1000) },
      compose: ({ listeners }) => snapshot(at(listeners, steady)),
      missed: createMissedLooks({ steadyMs: () => steady, scanEveryMs: () => 1000 }),
    });
    const at = <T>(listeners: readonly T[], ms: number) => (ms === 0 ? listeners.slice(1) : listeners);
    machine.watch((_, events) => seen.push(...events));
    machine.look(new Date(START));
    steady = 30_000;
    machine.look(new Date(START + 3_600_000));
    assert.deepEqual(
      seen.map(({ id, kind }) => [id, kind]),
      [
        [1, 'gap'],
        [2, 'opened'],
        // The peers that wait at port 3000 of this tree are the same ones as an hour before.
        [3, 'queue-stuck'],
      ],
    );
  });
});
