import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../test/trial-server.ts';
import { openStore } from '../store/open-store.ts';
import type { HostToken } from '../store/access-store.ts';
import type { Store, StoreReader } from '../store/store.ts';
import { makeHostToken, readHostToken } from './host-token.ts';
import { TokenBook } from './token-book.ts';

function kept(hostId: string, hash: string, changes: Partial<HostToken> = {}): HostToken {
  return {
    ...{ hostId, name: hostId, hash, createdAt: 0, createdFrom: '192.0.2.1', revokedAt: null, askedAt: null },
    ...{ askedFrom: null, approvedUntil: null },
    ...changes,
  };
}

/** A book over a real store, with a clock of its own and a count of look-ups. */
async function trial(context: TestContext) {
  const store = await openStore({ kind: 'sqlite', path: join(temporaryFolder(context), 'portlight.db') });
  context.after(() => store.close());
  const seen = { now: 1_000_000, lookUps: 0, forgotten: [] as string[] };
  const reader: StoreReader = {
    ...store.reader,
    hostTokens: (hostIds) => {
      seen.lookUps += 1;
      return store.reader.hostTokens(hostIds);
    },
  };
  const onForgotten = (hostIds: readonly string[]): void => void seen.forgotten.push(...hostIds);
  return { store, seen, reader, book: new TokenBook(reader, { now: () => seen.now, onForgotten }) };
}

async function give(store: Store, hostId: string): Promise<string> {
  const { token, hash } = makeHostToken(hostId);
  await store.commit((writer) => writer.saveHostTokens([kept(hostId, hash)]));
  return token;
}

test('a token tells its machine, whatever its id, and nothing else is one', () => {
  const { token, hash } = makeHostToken('web.01-of.prod');
  assert.deepEqual(readHostToken(token), { hostId: 'web.01-of.prod', hash });
  assert.notEqual(readHostToken(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)?.hash, hash);
  for (const other of [
    '',
    'a',
    '.',
    token.slice(1 + token.lastIndexOf('.')),
    `${token}=`,
    `.${token.split('.').at(-1)}`,
  ]) {
    assert.equal(readHostToken(other), null, other);
  }
});

test('machines that come together are looked up together, and once', async (context) => {
  const { store, seen, book } = await trial(context);
  const tokens = await Promise.all(Array.from({ length: 500 }, (_, index) => give(store, `machine-${index}`)));
  const hosts = await Promise.all(tokens.map((token) => book.hostOf(token)));
  assert.deepEqual([hosts[0], hosts[499], new Set(hosts).size], ['machine-0', 'machine-499', 500]);
  assert.ok(seen.lookUps <= 3, `${seen.lookUps} look-ups`);
  assert.equal(book.rememberedHost(tokens[7]!), 'machine-7');
  assert.equal(await book.hostOf(`machine-7.${tokens[8]!.split('.').at(-1)!}`), null);
});

test('what another instance revoked is dropped at the next look, what it forgot is told once', async (context) => {
  const { store, seen, book } = await trial(context);
  const [revoked, gone] = [await give(store, 'machine-1'), await give(store, 'machine-2')];
  assert.deepEqual([await book.hostOf(revoked), await book.hostOf(gone)], ['machine-1', 'machine-2']);
  const at = seen.now + 1;
  await store.commit((writer) =>
    writer.endTokens([
      { hostId: 'machine-1', hash: readHostToken(revoked)!.hash, at },
      { hostId: 'machine-2', hash: null, at },
    ]),
  );
  await book.refresh();
  assert.deepEqual([book.rememberedHost(revoked), book.rememberedHost(gone)], [null, null]);
  await book.refresh();
  assert.deepEqual(seen.forgotten, ['machine-2']);
});

test('after a pause in which nobody looked, nothing that is remembered is believed', async (context) => {
  const { store, seen, book } = await trial(context);
  const token = await give(store, 'machine-1');
  await book.hostOf(token);
  await store.commit((writer) => writer.saveHostTokens([kept('machine-1', 'another')]));
  seen.now += 9_000;
  assert.equal(book.rememberedHost(token), 'machine-1');
  seen.now += 9_000;
  assert.equal(book.rememberedHost(token), null);
  assert.equal(await book.hostOf(token), null);
});

test('what no clock told is found out all the same: remembered tokens are looked up again in turn', async (context) => {
  const { store, book } = await trial(context);
  const tokens = await Promise.all(Array.from({ length: 450 }, (_, index) => give(store, `machine-${index}`)));
  await Promise.all(tokens.map((token) => book.hostOf(token)));
  await store.commit((writer) => writer.saveHostTokens([kept('machine-449', 'x', { revokedAt: 1 })]));
  await book.refresh();
  await book.refresh();
  assert.notEqual(book.rememberedHost(tokens[449]!), null);
  await book.refresh();
  assert.equal(book.rememberedHost(tokens[449]!), null);
  assert.equal(book.rememberedHost(tokens[448]!), 'machine-448');
});

test('a look at the store that never ends is given up, and meanwhile the store is asked for each machine', async (context) => {
  const { store, seen, reader } = await trial(context);
  const token = await give(store, 'machine-1');
  let looks = 0;
  const stuck: StoreReader = {
    ...reader,
    endedTokensSince: (at) => {
      looks += 1;
      return looks === 1 ? new Promise(() => undefined) : reader.endedTokensSince(at);
    },
  };
  const book = new TokenBook(stuck, { now: () => seen.now, onForgotten: () => undefined });
  await book.hostOf(token);
  seen.now += 3_000;
  book.keepUp();
  seen.now += 59_000;
  book.keepUp();
  assert.deepEqual([book.rememberedHost(token), looks], ['machine-1', 1]);
  seen.now += 2_000;
  assert.equal(book.rememberedHost(token), null);
  assert.equal(await book.hostOf(token), 'machine-1');
  book.keepUp();
  assert.equal(looks, 2);
  assert.equal(book.rememberedHost(token), 'machine-1');
});

test('while the store is away, what is remembered goes on', async (context) => {
  const { store, seen, book } = await trial(context);
  const token = await give(store, 'machine-1');
  await book.hostOf(token);
  await store.close();
  seen.now += 5_000;
  await book.refresh();
  assert.equal(book.rememberedHost(token), 'machine-1');
});
