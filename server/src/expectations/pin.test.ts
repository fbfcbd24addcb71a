import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, FindingKind, Holder } from '@portlight/agent/contract';
import { drift, full, holder, ladder, listener, snapshot } from '../../test/bodies.ts';
import { afterFull } from '../ingest/machine-state.ts';
import type { ExpectationPin, ServiceDeclaration } from '../views.ts';
import { pinned, type PinnedFinding } from './pin.ts';

interface Shape {
  readonly finding?: Finding;
  readonly newest?: Partial<Holder>;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The finding of web-01, whose newest process is pid 4712. */
function found({ finding = drift(), newest = {}, name = 'web-01', labels = {} }: Shape = {}): PinnedFinding {
  const processes = [holder({ pid: 4712, startTicks: 223456, ...newest }), holder()];
  const listeners = [listener({ port: 3001 }), listener({ inode: '90002', holders: [1] })];
  const whole = snapshot({ listeners });
  const push = full({ snapshot: { ...whole, host: { ...whole.host, name, labels } }, processes });
  return { finding, machine: { ...afterFull(null, push, { at: 1, address: null }), seen: null, findings: [finding] } };
}

type Asked = Pick<ExpectationPin, 'scope' | 'name'>;

function pin(asked: Asked, shape: Shape, ...services: readonly ServiceDeclaration[]): readonly ServiceDeclaration[] {
  return pinned({ format: 1, services }, asked, found(shape)).services;
}

const WEB: ServiceDeclaration = { name: 'web', places: ['127.0.0.1:3001'], unit: 'web.service' };
const EXPOSED: Finding = {
  ...drift(),
  kind: 'exposed',
  details: { home: { ...drift().details.home }, current: { address: '::', port: 3000 }, exposure: 'any' },
};

const NEW: readonly (readonly [string, Asked, Shape, ServiceDeclaration])[] = [
  ['a drift for the fleet', { scope: 'fleet' }, {}, WEB],
  ['a drift for its machine', { scope: 'host' }, {}, { ...WEB, hosts: ['web-01'] }],
  ['a drift for machines called alike', { scope: 'group' }, {}, { ...WEB, hosts: ['web-*'] }],
  ['a machine without a number', { scope: 'group' }, { name: 'gateway' }, { ...WEB, hosts: ['gateway'] }],
  ['a machine called by numbers', { scope: 'group' }, { name: '10-0-0-1' }, { ...WEB, hosts: ['10-0-0-1'] }],
  ['a group by label', { scope: 'group' }, { labels: { group: 'shop' } }, { ...WEB, labels: { group: 'shop' } }],
  ['a ladder on its newest rung', { scope: 'fleet' }, { finding: ladder() }, { ...WEB, places: ['127.0.0.1:3003'] }],
  ['an exposed listener', { scope: 'fleet' }, { finding: EXPOSED }, { ...WEB, places: ['[::]:3000'] }],
  ['a given name', { scope: 'fleet', name: 'shop' }, {}, { ...WEB, name: 'shop' }],
  [
    'a program without a unit by its executable and user',
    { scope: 'fleet' },
    { newest: { unit: null, scope: 'session' }, finding: drift({ unit: null }) },
    { name: 'node', places: ['127.0.0.1:3001'], exe: 'node', user: 'web' },
  ],
  [
    'a transient unit is none',
    { scope: 'fleet' },
    { newest: { unit: 'run-r123.service' }, finding: drift({ unit: null }) },
    { name: 'node', places: ['127.0.0.1:3001'], exe: 'node', user: 'web' },
  ],
  [
    'another process with the same pid says nothing',
    { scope: 'fleet' },
    { newest: { startTicks: 7 }, finding: drift({ holders: [{ pid: 4712, startTicks: 223456 }] }) },
    { name: 'web', places: ['127.0.0.1:3001'] },
  ],
  [
    'hostile names give a name that may be one',
    { scope: 'fleet' },
    {
      newest: { unit: null, program: 'a/$(rm)', user: null },
      finding: drift({ unit: null, program: 'a/$(rm)' }),
    },
    { name: 'a-rm-', places: ['127.0.0.1:3001'] },
  ],
];

for (const [what, asked, shape, service] of NEW) {
  test(`pinned: ${what}`, () => {
    assert.deepEqual(pin(asked, shape), [service]);
  });
}

const OLD: ServiceDeclaration = { ...WEB, places: ['127.0.0.1:3000'] };
const NAMED = { ...drift(), service: 'web' };

const CHANGED: readonly (readonly [string, Asked, Shape, ServiceDeclaration, readonly ServiceDeclaration[]])[] = [
  ['a service with the same selectors moves', { scope: 'fleet' }, {}, OLD, [WEB]],
  [
    'the service the finding is of moves',
    { scope: 'fleet' },
    { finding: NAMED },
    { ...OLD, unit: 'x.service' },
    [{ ...WEB, unit: 'x.service' }],
  ],
  [
    'the named service moves',
    { scope: 'fleet', name: 'web' },
    {},
    { ...OLD, unit: 'x.service' },
    [{ ...WEB, unit: 'x.service' }],
  ],
  [
    'a service for more machines gets one more place',
    { scope: 'host', name: 'web' },
    {},
    OLD,
    [{ ...WEB, places: ['127.0.0.1:3000', '127.0.0.1:3001'] }],
  ],
  [
    'a service for other machines stays, and the new one has a name of its own',
    { scope: 'fleet' },
    {},
    { ...OLD, hosts: ['db-*'] },
    [
      { ...OLD, hosts: ['db-*'] },
      { ...WEB, name: 'web-2' },
    ],
  ],
  [
    'a service of the same unit for another port stays',
    { scope: 'fleet' },
    {},
    { ...OLD, name: 'metrics', places: ['127.0.0.1:9090'] },
    [{ ...OLD, name: 'metrics', places: ['127.0.0.1:9090'] }, WEB],
  ],
  [
    'a service of another program with that name stays',
    { scope: 'fleet' },
    {},
    { ...OLD, unit: 'x.service' },
    [
      { ...OLD, unit: 'x.service' },
      { ...WEB, name: 'web-2' },
    ],
  ],
];

for (const [what, asked, shape, before, after] of CHANGED) {
  test(`pinned: ${what}`, () => {
    assert.deepEqual(pin(asked, shape, before), after);
  });
}

const REFUSED: Readonly<Partial<Record<FindingKind, RegExp>>> = {
  missing: /nothing listens/,
  'outdated-executable': /outdated is the executable/,
  wedged: /not about a program at another place/,
  'stale-holder': /not about a program at another place/,
};

for (const [kind, reason] of Object.entries(REFUSED)) {
  test(`a finding of the kind ${kind} is not pinned`, () => {
    const finding = { ...drift(), kind } as unknown as Finding;
    assert.throws(() => pin({ scope: 'fleet' }, { finding }), reason);
  });
}
