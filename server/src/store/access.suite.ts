import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullOf } from '../../test/bodies.ts';
import { afterFull } from '../ingest/machine-state.ts';
import type { AuditRecord, HostToken, HostTokenState, UsedHostToken } from './access-store.ts';
import type { Store } from './store.ts';
import type { OpenTrialStore } from './store.suite.ts';

function token(hostId: string, changes: Partial<HostToken> = {}): HostToken {
  return {
    ...{ hostId, name: `name of ${hostId}`, hash: `hash of ${hostId}`, createdAt: 1_000, createdFrom: '192.0.2.1' },
    ...{ revokedAt: null, askedAt: null, askedFrom: null, approvedUntil: null },
    ...changes,
  };
}

function save(store: Store, ...tokens: readonly HostToken[]): Promise<void> {
  return store.commit((writer) => writer.saveHostTokens(tokens));
}

function byId(tokens: readonly UsedHostToken[]): readonly UsedHostToken[] {
  return tokens.toSorted((a, b) => (a.hostId < b.hostId ? -1 : 1));
}

function record(at: number, id: string, changes: Partial<AuditRecord> = {}): AuditRecord {
  return { at, id, action: 'signed-in', by: 'ann', address: '192.0.2.1', hostId: null, detail: '', ...changes };
}

/** What every store must do with machines' tokens and with the audit. */
export function accessSuite(name: string, open: OpenTrialStore): void {
  test(`${name}: a machine has one token, found by the machine, with its last sign of life`, async (context) => {
    const store = await open(context);
    const many = Array.from({ length: 120 }, (_, index) => token(`machine-${1_000 + index}`));
    await save(store, token('machine-1'), token('machine-2', { revokedAt: 5, askedAt: 6, askedFrom: '::1' }));
    await save(store, ...many, token('machine-1', { hash: 'another', approvedUntil: 7 }));
    await store.commit((writer) =>
      writer.markSeen([{ hostId: 'machine-2', at: 2_000, clockOffsetMs: 0, aliveEverySeconds: 15 }]),
    );
    assert.deepEqual(byId(await store.reader.hostTokens(['machine-1', 'machine-2', 'machine-3'])), [
      { ...token('machine-1', { hash: 'another', approvedUntil: 7 }), seenAt: null },
      { ...token('machine-2', { revokedAt: 5, askedAt: 6, askedFrom: '::1' }), seenAt: 2_000 },
    ]);
    assert.equal((await store.reader.hostTokens(many.map(({ hostId }) => hostId))).length, 120);
    assert.deepEqual(await store.reader.hostTokens([]), []);
    const seen = await store.commit(async (writer) => {
      await writer.saveHostTokens([token('machine-3')]);
      return await writer.hostTokens(['machine-3']);
    });
    assert.deepEqual(seen, [{ ...token('machine-3'), seenAt: null }]);
  });

  test(`${name}: tokens are listed by name, a page at a time, and by state`, async (context) => {
    const store = await open(context);
    await save(store, token('machine-1', { name: 'b' }), token('machine-2', { name: 'b', revokedAt: 5 }));
    await save(store, token('machine-3', { name: 'a', askedAt: 5 }));
    await save(store, token('machine-4', { name: 'c', revokedAt: 5, askedAt: 6, approvedUntil: 100 }));
    const list = async (state: HostTokenState | null, now: number) => {
      const tokens = await store.reader.listHostTokens({ state, now, after: null, limit: 10 });
      assert.equal(await store.reader.countHostTokens({ state, now }), tokens.length);
      return tokens.map(({ hostId }) => hostId.slice(-1)).join('');
    };
    assert.equal(await list(null, 50), '3124');
    assert.deepEqual([await list('valid', 50), await list('revoked', 50)], ['31', '24']);
    // What was approved waits again when it was not used in time.
    assert.deepEqual([await list('waiting', 50), await list('waiting', 100)], ['3', '34']);
    const after = { name: 'b', hostId: 'machine-1' };
    const page = await store.reader.listHostTokens({ state: null, now: 0, after, limit: 1 });
    assert.deepEqual(
      page.map(({ hostId }) => hostId),
      ['machine-2'],
    );
  });

  test(`${name}: tokens that ended are told by time`, async (context) => {
    const store = await open(context);
    const first = { hostId: 'machine-1', hash: 'hash', at: 1_000 };
    const second = { hostId: 'machine-1', hash: null, at: 2_000 };
    await store.commit((writer) => writer.endTokens([second, first]));
    assert.deepEqual(await store.reader.endedTokensSince(1_000), [first, second]);
    assert.deepEqual(await store.reader.endedTokensSince(1_001), [second]);
    await store.commit((writer) => writer.endTokens([{ ...first, at: 3_000 }]));
    assert.deepEqual(await store.reader.endedTokensSince(0), [second, { ...first, at: 3_000 }]);
  });

  test(`${name}: the audit is read from the newest back, a page at a time, by action and machine`, async (context) => {
    const store = await open(context);
    const records = [
      record(1_000, 'a'),
      record(1_000, 'b', { action: 'token-revoked', hostId: 'machine-1', address: null, detail: 'of web-01' }),
      record(2_000, 'a', { hostId: 'machine-1' }),
    ];
    await store.commit((writer) => writer.addAudit(records));
    const all = { action: null, hostId: null, before: null, limit: 10 };
    const newestFirst = records.toReversed();
    assert.deepEqual(await store.reader.audit(all), newestFirst);
    assert.deepEqual(await store.reader.audit({ ...all, limit: 2 }), newestFirst.slice(0, 2));
    assert.deepEqual(await store.reader.audit({ ...all, before: { at: 1_000, id: 'b' } }), newestFirst.slice(2));
    assert.deepEqual(await store.reader.audit({ ...all, action: 'token-revoked' }), [records[1]]);
    assert.deepEqual(await store.reader.audit({ ...all, hostId: 'machine-1' }), newestFirst.slice(0, 2));
    assert.equal(await store.reader.countAudit({ action: null, hostId: null }), 3);
    assert.equal(await store.reader.countAudit({ action: 'signed-in', hostId: 'machine-1' }), 1);
    const failing = store.commit(async (writer) => {
      await writer.addAudit([record(3_000, 'a')]);
      throw new Error('in the middle');
    });
    await assert.rejects(failing, /in the middle/);
    assert.equal(await store.reader.countAudit({ action: null, hostId: null }), 3);
  });

  test(`${name}: a forgotten machine is gone with its token`, async (context) => {
    const store = await open(context);
    const { host } = afterFull(null, fullOf('machine-1', 'web-01'), { at: 1_000, address: null });
    await save(store, token('machine-1'), token('machine-2'));
    await store.commit(async (writer) => {
      await writer.saveHosts([host]);
      await writer.markSeen([{ hostId: 'machine-1', at: 10, clockOffsetMs: 0, aliveEverySeconds: 15 }]);
    });
    await store.commit((writer) => writer.forgetHost('machine-1'));
    assert.equal(await store.reader.host('machine-1'), null);
    const left = await store.reader.hostTokens(['machine-1', 'machine-2']);
    assert.deepEqual(
      left.map(({ hostId }) => hostId),
      ['machine-2'],
    );
  });

  test(`${name}: old records and tokens nobody used go, a bounded number at a time`, async (context) => {
    const store = await open(context);
    await save(store, token('machine-1'), token('machine-2'), token('machine-3', { createdAt: 9_000 }));
    await store.commit(async (writer) => {
      await writer.markSeen([{ hostId: 'machine-1', at: 10, clockOffsetMs: 0, aliveEverySeconds: 15 }]);
      await writer.addAudit([record(1, 'a'), record(2, 'a'), record(3, 'a'), record(9_000, 'a')]);
      await writer.endTokens([
        { hostId: 'machine-1', hash: 'x', at: 1 },
        { hostId: 'machine-2', hash: 'x', at: 9_000 },
      ]);
    });
    const limits = { auditBefore: 5_000, endedBefore: 5_000, hostsSeenBefore: 5_000, atMost: 2 };
    const remove = () => store.commit((writer) => writer.removeOldAccess(limits));
    assert.deepEqual(
      [await remove(), await remove(), await remove()],
      [
        { audit: 2, unusedTokens: 1 },
        { audit: 1, unusedTokens: 0 },
        { audit: 0, unusedTokens: 0 },
      ],
    );
    const kept = await store.reader.hostTokens(['machine-1', 'machine-2', 'machine-3']);
    assert.deepEqual(
      byId(kept).map(({ hostId }) => hostId),
      ['machine-1', 'machine-3'],
    );
    assert.deepEqual(
      (await store.reader.endedTokensSince(0)).map(({ at }) => at),
      [9_000],
    );
  });
}
