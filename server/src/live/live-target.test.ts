import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNetwork } from '../net/addresses.ts';
import { liveTarget, refusedReason } from './live-target.ts';

const networks = [parseNetwork('10.0.0.0/8'), parseNetwork('169.254.0.0/16'), parseNetwork('127.0.0.0/8')].filter(
  (network) => network !== null,
);

/** Address asked, address pushed from, may it be asked. */
const TABLE: readonly (readonly [string, string | null, boolean])[] = [
  ['192.0.2.10', '192.0.2.10', true],
  ['192.0.2.10', '::ffff:192.0.2.10', true],
  ['192.0.2.11', '192.0.2.10', false],
  ['192.0.2.11', null, false],
  ['10.1.2.3', '192.0.2.10', true],
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '::1', true],
  ['127.0.0.1', '192.0.2.10', false],
  ['127.0.0.1', null, false],
  ['::1', '10.1.2.3', false],
  ['::ffff:127.0.0.1', '192.0.2.10', false],
  ['169.254.169.254', '192.0.2.10', false],
  ['169.254.169.254', '169.254.169.254', false],
  ['::ffff:169.254.169.254', '10.1.2.3', false],
  ['fe80::1', 'fe80::1', false],
  ['fd00:ec2::254', '10.1.2.3', false],
  ['100.100.100.200', '100.100.100.200', false],
  ['0.0.0.0', '192.0.2.10', false],
  ['224.0.0.1', '192.0.2.10', false],
  ['255.255.255.255', '192.0.2.10', false],
];

for (const [address, pushAddress, isAllowed] of TABLE) {
  test(`${address} ${isAllowed ? 'may' : 'may not'} be asked for an agent that pushes from ${pushAddress ?? 'nowhere'}`, () => {
    assert.equal(refusedReason(address, { pushAddress, networks }) === null, isAllowed);
  });
}

test('an advertised path, query and user are dropped: only /ports is asked', async () => {
  const target = await liveTarget('http://user:secret@192.0.2.10:9620/admin?x=1', {
    pushAddress: '192.0.2.10',
    networks,
  });
  assert.deepEqual(target, { kind: 'target', url: new URL('http://192.0.2.10:9620/ports'), address: '192.0.2.10' });
});

test('an agent that listens everywhere is asked where it pushes from', async () => {
  const target = await liveTarget('http://0.0.0.0:9620', { pushAddress: '10.1.2.3', networks });
  assert.equal(target.kind === 'target' && target.address, '10.1.2.3');
});

test('a name is resolved before it is judged', async () => {
  const target = await liveTarget('http://localhost:9620', { pushAddress: '192.0.2.10', networks });
  assert.equal(target.kind, 'refused');
});

for (const endpoint of [null, 'unix:/run/portlight.sock', 'file:///etc/passwd', 'ftp://192.0.2.10/', 'nonsense']) {
  test(`${endpoint ?? 'no endpoint'} is nowhere to ask`, async () => {
    const target = await liveTarget(endpoint, { pushAddress: '192.0.2.10', networks });
    assert.equal(target.kind, 'refused');
  });
}
