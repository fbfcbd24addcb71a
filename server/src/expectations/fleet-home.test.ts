import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CountedPlace, KeptFleetHome, ProgramPlaces } from '../store/expectation-store.ts';
import { homesAfter, isSupported, toHanded } from './fleet-home.ts';

const KEY = 'node:server.js';
const NOW = 9_000;

function at(port: number, machines: number, steady = 0): CountedPlace {
  return { address: '127.0.0.1', port, machines, steady };
}

function counted(machines: number, ...places: readonly CountedPlace[]): ProgramPlaces {
  return { programKey: KEY, program: 'node', machines, places };
}

function home(port: number, machines: number, of: number, since = 1_000): KeptFleetHome {
  return { programKey: KEY, program: 'node', address: '127.0.0.1', port, machines, of, since };
}

interface Case {
  readonly what: string;
  readonly known: readonly KeptFleetHome[];
  readonly seen: ProgramPlaces;
  readonly homes: readonly KeptFleetHome[];
}

const CASES: readonly Case[] = [
  {
    what: 'where 192 of 200 are is a home',
    known: [],
    seen: counted(200, at(3000, 192)),
    homes: [home(3000, 192, 200, NOW)],
  },
  { what: 'four of five are enough', known: [], seen: counted(5, at(3000, 4)), homes: [home(3000, 4, 5, NOW)] },
  { what: 'less than 80 % are not', known: [], seen: counted(200, at(3000, 159)), homes: [] },
  { what: 'four of four are no fleet', known: [], seen: counted(4, at(3000, 4)), homes: [] },
  {
    what: 'a program on two ports has two homes',
    known: [],
    seen: counted(10, at(80, 10), at(443, 9), at(8080, 2)),
    homes: [home(80, 10, 10, NOW), home(443, 9, 10, NOW)],
  },
  {
    what: 'a known home keeps its age and gets the new count',
    known: [home(3000, 8, 10)],
    seen: counted(12, at(3000, 12)),
    homes: [home(3000, 12, 12)],
  },
  {
    what: 'all at another place that is not steady yet do not move the home',
    known: [home(3000, 10, 10)],
    seen: counted(10, at(4000, 10, 7)),
    homes: [home(3000, 0, 10)],
  },
  {
    what: 'steady on the new place on most machines, the home is there and no longer at the old place',
    known: [home(3000, 0, 10)],
    seen: counted(10, at(4000, 10, 8)),
    homes: [home(4000, 10, 10, NOW)],
  },
  {
    what: 'a further steady place is one more home',
    known: [home(80, 10, 10)],
    seen: counted(10, at(80, 10, 10), at(443, 10, 10)),
    homes: [home(80, 10, 10), home(443, 10, 10, NOW)],
  },
  {
    what: 'a home is kept though it lost its support in favour of nothing',
    known: [home(3000, 10, 10)],
    seen: counted(10, at(3000, 5), at(4000, 5)),
    homes: [home(3000, 5, 10)],
  },
  {
    what: 'a fleet that shrinks keeps its home',
    known: [home(3000, 5, 5)],
    seen: counted(3, at(3000, 3)),
    homes: [home(3000, 3, 3)],
  },
  { what: 'a program that is gone everywhere has none', known: [home(3000, 5, 5)], seen: counted(0), homes: [] },
  {
    what: 'a program on more ports than anyone could miss has none',
    known: [],
    seen: counted(10, ...Array.from({ length: 33 }, (_, index) => at(1_000 + index, 10))),
    homes: [],
  },
];

for (const { what, known, seen, homes } of CASES) {
  test(what, () => {
    assert.deepEqual(homesAfter(known, seen, NOW), homes);
  });
}

test('a home is handed down while most machines have it', () => {
  const supported = [home(3000, 4, 5), home(3000, 3, 5), home(3000, 4, 4), home(3000, 0, 10)].map(isSupported);
  assert.deepEqual(supported, [true, false, false, false]);
  const handed = { programKey: KEY, address: '127.0.0.1', port: 3000, support: '192 of 200' };
  assert.deepEqual(toHanded(home(3000, 192, 200)), handed);
});
