import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holder } from '../../test/snapshots.ts';
import { isTold } from './told-place.ts';

const CASES: readonly (readonly [commandLine: string, port: number, isChosen: boolean])[] = [
  ['node server.js 3001', 3001, true],
  ['python3 -m http.server 8001', 8001, true],
  ['socat TCP-LISTEN:3000,fork TCP:10.0.0.5:80', 3000, true],
  ['kubectl port-forward svc/web 8080:80', 8080, true],
  ['Xvnc :1 -rfbport 5901', 5901, true],
  ['node /srv/web-3001/server.js', 3001, true],
  ['node server.js 3000', 3001, false],
  ['node server.js 13001', 3001, false],
  ['node server.js 30011', 3001, false],
  ['node server.js', 3001, false],
];

for (const [commandLine, port, isChosen] of CASES) {
  test(`${commandLine} on ${port}: ${isChosen ? 'chosen by its starter' : 'not what it was told'}`, () => {
    assert.equal(isTold(holder({ commandLine: commandLine.split(' '), toldPorts: [] }), port), isChosen);
  });
}

test('a port of an option is told, even where command lines are not shown', () => {
  assert.equal(isTold(holder({ commandLine: [], toldPorts: [3001] }), 3001), true);
});
