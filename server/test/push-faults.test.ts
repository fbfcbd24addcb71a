import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { ErrorAnswer } from '@portlight/agent/contract';
import { describe } from '../src/validation/rule.ts';
import { alive, drift, full, holder, listener, snapshot } from './bodies.ts';
import { json, trialServer } from './trial-server.ts';

const MIB = 1024 * 1024;
const REFUSED = [
  { what: 'a body over 16 MiB', body: Buffer.alloc(17 * MIB, 32), headers: {}, status: 413 },
  { what: 'a gzip bomb', body: gzipSync(Buffer.alloc(64 * MIB)), headers: { 'Content-Encoding': 'gzip' }, status: 413 },
  {
    what: 'a zstd bomb',
    body: zstdCompressSync(Buffer.alloc(64 * MIB)),
    headers: { 'Content-Encoding': 'zstd' },
    status: 413,
  },
  { what: 'a body that is no gzip', body: Buffer.from('hello'), headers: { 'Content-Encoding': 'gzip' }, status: 400 },
  { what: 'an unknown coding', body: Buffer.from('{}'), headers: { 'Content-Encoding': 'br' }, status: 415 },
  {
    what: 'a form',
    body: Buffer.from('a=b'),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    status: 415,
  },
  { what: 'half a JSON', body: Buffer.from('{"kind":'), headers: {}, status: 422 },
  { what: 'nesting a million deep', body: Buffer.from('['.repeat(1e6) + ']'.repeat(1e6)), headers: {}, status: 422 },
] as const;

for (const { what, body, headers, status } of REFUSED) {
  test(`${what} is refused by ${status}`, async (context) => {
    const server = await trialServer(context);
    const response = await server.post('/api/v1/push', body, headers);
    const answer = await json<ErrorAnswer>(response);
    assert.equal(response.status, status);
    assert.match(answer.error.message, /\w/);
    assert.notEqual(answer.requestId, '');
  });
}

/** Paths of a full push, with a wrong value and what the fault says. */
const FAULTS: readonly (readonly [string, unknown, RegExp])[] = [
  ['kind', 'nonsense', /^\$\.kind: expected one of full, change, alive, leaving, got "nonsense"$/],
  ['hostId', '../etc', /^\$\.hostId: expected an id/],
  ['sequence', 0, /^\$\.sequence: expected a whole number from 1 to /],
  ['sequence', 1e300, /^\$\.sequence: .*got 1e\+300$/],
  ['sequence', '1', /^\$\.sequence: .*got "1"$/],
  ['agentStartedAt', 'yesterday', /^\$\.agentStartedAt: expected a time/],
  ['sentAt', '2026-13-45T99:00:00.000Z', /^\$\.sentAt: expected a time/],
  ['digest', 'x'.repeat(65), /^\$\.digest: expected text of 1 to 64 characters, got "x{59}… \(67 characters\)$/],
  ['extra', 1, /^\$: unknown key "extra"$/],
  ['__proto__', { kind: 'alive' }, /^\$: unknown key "__proto__"$/],
  ['constructor', { prototype: {} }, /^\$: unknown key "constructor"$/],
  ['snapshot', [], /^\$\.snapshot: expected an object, got a list of 0$/],
  ['snapshot.schema', 2, /^\$\.snapshot\.schema: expected 1, got 2$/],
  ['snapshot.host.id', 'another-host', /^\$\.snapshot\.host\.id: expected the same as \.hostId$/],
  [
    'snapshot.host.labels',
    { 'Bad-Name': 'x' },
    /^\$\.snapshot\.host\.labels\["Bad-Name"\]: name "Bad-Name" is not allowed/,
  ],
  ['snapshot.host.labels', { zone: 1 }, /^\$\.snapshot\.host\.labels\["zone"\]: expected text/],
  ['snapshot.kernel.ephemeralPorts', [1], /^\$\.snapshot\.kernel\.ephemeralPorts: expected first and last port/],
  ['snapshot.listeners', {}, /^\$\.snapshot\.listeners: expected a list/],
  ['snapshot.listeners.0', null, /^\$\.snapshot\.listeners\[0\]: expected an object, got null$/],
  [
    'snapshot.listeners.0.port',
    65_536,
    /^\$\.snapshot\.listeners\[0\]\.port: expected a whole number from 0 to 65535, got 65536$/,
  ],
  ['snapshot.listeners.0.port', undefined, /^\$\.snapshot\.listeners\[0\]\.port: .* got nothing$/],
  ['snapshot.listeners.0.extra', 1, /^\$\.snapshot\.listeners\[0\]: unknown key "extra"$/],
  ['snapshot.listeners.0.__proto__', { port: 1 }, /^\$\.snapshot\.listeners\[0\]: unknown key "__proto__"$/],
  ['snapshot.listeners.0.constructor', 1, /^\$\.snapshot\.listeners\[0\]: unknown key "constructor"$/],
  [
    'snapshot.listeners.0.holders',
    [7],
    /^\$\.snapshot\.listeners\[0\]\.holders\[0\]: expected an index into the 1 processes/,
  ],
  ['snapshot.listeners.0.holders', [-1], /^\$\.snapshot\.listeners\[0\]\.holders\[0\]: expected a whole number from 0/],
  [
    'snapshot.listeners.0.connections',
    { established: -1 },
    /^\$\.snapshot\.listeners\[0\]\.connections\.established: /,
  ],
  ['processes.0.fileDescriptors', 'many', /^\$\.processes\[0\]\.fileDescriptors: expected an object, got "many"$/],
  ['processes.0.commandLine', [1], /^\$\.processes\[0\]\.commandLine\[0\]: expected text/],
  ['events', [{}], /^\$\.events\[0\]\.protocol: expected one of tcp, udp, got nothing$/],
  ['liveToken', 'short', /^\$\.liveToken: expected text of 16/],
];

/** Paths of a drift, as above. */
const FINDING_FAULTS: readonly (readonly [string, unknown, RegExp])[] = [
  ['id', undefined, /^\$\.snapshot\.findings\[0\]\.id: expected 16 hex digits, got nothing$/],
  ['groupId', 7, /\[0\]\.groupId: expected 16 hex digits, got 7$/],
  ['id', '../../etc/passwd', /\[0\]\.id: expected 16 hex digits/],
  ['kind', 'nonsense', /\[0\]\.kind: expected one of drift, ladder/],
  ['severity', 'fatal', /\[0\]\.severity: expected one of critical, warning, notice, got "fatal"$/],
  ['since', 'yesterday', /\[0\]\.since: expected a time/],
  ['sentence', 7, /\[0\]\.sentence: expected text/],
  ['extra', 1, /\[0\]: unknown key "extra"$/],
  ['details', nested(9), /\[0\]\.details: expected at most 8 levels/],
  ['details', {}, /\[0\]\.details\.home: expected an object, got nothing$/],
  ['details.home.source', 'hearsay', /\.details\.home\.source: expected one of declared, told, here, fleet/],
  ['details.current', [{ address: '::', port: 70_000 }], /\.details\.current\[0\]\.port: expected a whole number/],
  ['details.extra', 1, /\.details: unknown key "extra"$/],
  ['causes.0.pid', 'init', /\.causes\[0\]\.pid: expected a whole number/],
  ['steps.0.command', null, /\.steps\[0\]\.command: expected text/],
];

function nested(levels: number): unknown {
  return levels === 0 ? 0 : { inner: nested(levels - 1) };
}

for (const [path, value, expected] of FINDING_FAULTS) {
  test(`a finding with ${path} ${describe(value)} is refused with its path`, async (context) => {
    const server = await trialServer(context);
    const body = withValue(
      full({ snapshot: snapshot({ findings: [drift()] }) }),
      ['snapshot', 'findings', '0', ...path.split('.')],
      value,
    );
    const response = await server.post('/api/v1/push', body);
    const { error } = await json<ErrorAnswer>(response);
    assert.equal(response.status, 422);
    assert.ok(
      error.faults?.some((fault) => expected.test(fault)),
      JSON.stringify(error.faults),
    );
  });
}

for (const [path, value, expected] of FAULTS) {
  test(`a full push with ${path} ${describe(value)} is refused with its path`, async (context) => {
    const server = await trialServer(context);
    const response = await server.post('/api/v1/push', withValue(full(), path.split('.'), value));
    const { error } = await json<ErrorAnswer>(response);
    assert.equal(response.status, 422);
    assert.ok(
      error.faults?.some((fault) => expected.test(fault)),
      JSON.stringify(error.faults),
    );
    assert.equal((await server.get('/api/v1/hosts/web-01')).status, 404);
  });
}

/** As JSON text, so that `__proto__` stays a key like any other. */
function withValue(body: object, path: readonly string[], value: unknown): string {
  const copy = JSON.parse(JSON.stringify(body)) as Record<string, unknown>;
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((part, key) => part[key] as Record<string, unknown>, copy);
  Object.defineProperty(parent, path.at(-1) ?? '', { value, enumerable: true, configurable: true, writable: true });
  return JSON.stringify(copy);
}

test('every fault is listed, fifty at most', async (context) => {
  const server = await trialServer(context);
  const two = await json<ErrorAnswer>(server.post('/api/v1/push', { ...alive(), sequence: -1, digest: '' }));
  assert.deepEqual(two.error.faults?.map((fault) => fault.split(':')[0]).toSorted(), ['$.digest', '$.sequence']);
  const listeners = Array.from({ length: 200 }, () => ({ ...listener(), port: -1 }));
  const many = await json<ErrorAnswer>(server.post('/api/v1/push', full({ snapshot: snapshot({ listeners }) })));
  assert.equal(many.error.faults?.length, 50);
});

test('a body of a list or a bare value is refused', async (context) => {
  const server = await trialServer(context);
  for (const body of ['[]', '[{"kind":"alive"}]', 'null', '42', '"alive"', '{}']) {
    assert.equal((await server.post('/api/v1/push', body)).status, 422, body);
  }
});

test('holders that would swell when written out are refused', async (context) => {
  const server = await trialServer(context);
  const processes = Array.from({ length: 64 }, (_, index) =>
    holder({ pid: index + 1, commandLine: ['x'.repeat(4096)] }),
  );
  const holders = processes.map((_, index) => index);
  const listeners = Array.from({ length: 300 }, (_, index) => listener({ port: index, inode: String(index), holders }));
  const response = await server.post('/api/v1/push', full({ processes, snapshot: snapshot({ listeners }) }));
  assert.equal(response.status, 422);
  assert.match((await json<ErrorAnswer>(response)).error.message, /holders of at most 67108864 bytes/);
});
