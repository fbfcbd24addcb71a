import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NOTHING_KEPT, type Kept } from './findings/judgement.ts';
import { recordKey, type HomeRecord } from './findings/learned-homes.ts';
import type { PeakRecord } from './findings/peaks.ts';
import { loadJudgement, saveJudgement } from './judgement-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'portlight-judgement-'));
after(() => rmSync(folder, { recursive: true }));

const record: HomeRecord = {
  programKey: 'node /srv/web/server.js',
  isHostNamespace: true,
  service: null,
  address: '127.0.0.1',
  port: 3000,
  days: { '2026-11-22': 86_400, '2026-11-23': 60 },
  generations: 3,
  inode: '5000',
  program: 'node',
  unit: 'web.service',
  since: '2026-11-22T00:00:00.000Z',
  until: '2026-11-23T00:01:00.000Z',
  isRetired: false,
};
const peak: PeakRecord = {
  resource: 'file-descriptors',
  programKey: 'node /srv/web/server.js',
  hours: { '2026-11-22T23': 400, '2026-11-23T00': 12 },
};
const kept: Kept = {
  homes: new Map([[recordKey(record), record]]),
  bootId: '0b3c5f4e-58a0-4f3e-8a6e-6a4b1d2c3e4f',
  findings: [{ id: '0123456789abcdef', since: '2026-11-23T02:41:09.000Z', detectedAt: '2026-11-23T02:41:10.000Z' }],
  peaks: [peak],
};

test('what is kept comes back, for the owner alone to read', () => {
  const file = join(folder, 'new', 'homes.json');
  assert.equal(saveJudgement(file, kept), null);
  assert.deepEqual(loadJudgement(file), { kept, trouble: null });
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('at the first start there is nothing, and nothing wrong', () => {
  assert.deepEqual(loadJudgement(join(folder, 'none.json')), { kept: NOTHING_KEPT, trouble: null });
});

for (const [what, text] of Object.entries({
  'half a file': '{"format":1,"homes":[{"programKey":"no',
  'another format': '{"format":2,"bootId":null,"findings":[],"homes":[]}',
  'a record without its days': '{"format":1,"bootId":null,"findings":[],"homes":[{"programKey":"node","port":3000}]}',
})) {
  test(`${what} is set aside and said`, () => {
    const file = join(folder, 'damaged.json');
    writeFileSync(file, text);
    const { kept: found, trouble } = loadJudgement(file);
    assert.deepEqual(found, NOTHING_KEPT);
    assert.match(trouble ?? '', /damaged\.json cannot be understood and was renamed to .*damaged\.json\.damaged/);
    assert.equal(readFileSync(`${file}.damaged`, 'utf8'), text);
  });
}

test('records of an older agent are known by their days', () => {
  const { programKey, isHostNamespace, service, address, port, days, generations, inode } = record;
  const old = { programKey, isHostNamespace, service, address, port, days, generations, inode };
  const file = join(folder, 'old.json');
  writeFileSync(file, JSON.stringify({ format: 1, bootId: null, findings: [], homes: [old] }));
  const [read] = loadJudgement(file).kept.homes.values();
  assert.deepEqual(read, { ...record, unit: null, until: '2026-11-23T00:00:00.000Z' });
});

for (const [what, damaged] of Object.entries({
  'of an unknown resource': { ...peak, resource: 'luck' },
  'of nobody': { ...peak, programKey: 7 },
  'of no hour': { ...peak, hours: { '2026-11-23': 4 } },
  'of a month that no year has': { ...peak, hours: { '2026-99-01T02': 4 } },
  'of an hour that no day has': { ...peak, hours: { '2026-11-23T24': 4 } },
  'less than nothing': { ...peak, hours: { '2026-11-23T02': -4 } },
  'without hours': { ...peak, hours: null },
  'no record': 'the most',
})) {
  test(`a peak ${what} costs itself alone`, () => {
    const file = join(folder, 'peaks.json');
    writeFileSync(file, JSON.stringify({ format: 1, ...kept, homes: [record], peaks: [damaged, peak] }));
    assert.deepEqual(loadJudgement(file), { kept, trouble: null });
  });
}

test('a record that says nonsense is set aside with its file', () => {
  const file = join(folder, 'nonsense.json');
  writeFileSync(
    file,
    JSON.stringify({ format: 1, bootId: null, findings: [], homes: [{ ...record, until: 'yesterday' }] }),
  );
  assert.deepEqual(loadJudgement(file).kept, NOTHING_KEPT);
});

test('a state directory that cannot be written is said', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.match(saveJudgement(join(file, 'judgement.json'), kept) ?? '', /learned homes are not kept/);
});
