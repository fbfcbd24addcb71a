import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '../log.ts';
import { Textfile } from './textfile.ts';

/** A textfile in a folder of its own, its clock and text in the test's hands. */
function setUp(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-textfile-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const state: { text: string | null; clockMs: number } = { text: 'a 1\n', clockMs: 0 };
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
  };
  const log = createLog({ level: 'info', format: 'text', toJournal: false, write, now: () => new Date(0) });
  const target = join(folder, 'collected');
  mkdirSync(target);
  const textfile = new Textfile({ folder: target, text: () => state.text, log, clockMs: () => state.clockMs });
  return { folder: target, file: join(target, 'portlight.prom'), state, lines, textfile };
}

async function until(isTrue: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!isTrue()) {
    assert.ok(Date.now() < end, 'it never came');
    await sleep(5);
  }
}

const contentOf = (file: string) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

suite('the textfile', () => {
  test('is written at once, readable by all, and nothing else is left beside it', async (context) => {
    const { folder, file, textfile } = setUp(context);
    const before = process.umask(0o077);
    context.after(() => process.umask(before));
    textfile.refresh();
    await until(() => contentOf(file) === 'a 1\n');
    assert.equal(statSync(file).mode & 0o777, 0o644);
    assert.deepEqual(readdirSync(folder), ['portlight.prom']);
    await textfile.remove();
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is written again after 15 s and not before', async (context) => {
    const { file, state, textfile } = setUp(context);
    textfile.refresh();
    await until(() => contentOf(file) === 'a 1\n');
    const { ino } = statSync(file);
    Object.assign(state, { text: 'a 2\n', clockMs: 14_999 });
    textfile.refresh();
    Object.assign(state, { text: 'a 3\n', clockMs: 15_000 });
    textfile.refresh();
    await until(() => contentOf(file) !== 'a 1\n');
    assert.equal(contentOf(file), 'a 3\n');
    assert.notEqual(statSync(file).ino, ino, 'put in its place, not written over');
    assert.equal(textfile.trouble, null);
  });

  test('waits for something to tell', async (context) => {
    const { folder, file, state, textfile } = setUp(context);
    state.text = null;
    textfile.refresh();
    await textfile.remove();
    assert.deepEqual(readdirSync(folder), []);
    state.text = 'a 1\n';
    textfile.refresh();
    await until(() => contentOf(file) === 'a 1\n');
  });

  test('a folder that is missing is told once, and the file comes with the folder', async (context) => {
    const { folder, file, state, lines, textfile } = setUp(context);
    rmSync(folder, { recursive: true });
    textfile.refresh();
    await until(() => textfile.trouble !== null);
    assert.match(
      textfile.trouble ?? '',
      /^the metrics' textfile is not written: ENOENT.*; give --textfile a directory the agent's user may write$/,
    );
    for (const clockMs of [20_000, 40_000]) {
      state.clockMs = clockMs;
      textfile.refresh();
      await textfile.remove();
    }
    assert.equal(lines.length, 1);
    mkdirSync(folder);
    state.clockMs = 60_000;
    textfile.refresh();
    await until(() => contentOf(file) === 'a 1\n' && textfile.trouble === null);
    assert.match(lines.join(''), /warn the metrics' textfile is not written.*\n.*info the textfile is written again/);
  });

  test('what somebody put beside it is neither followed nor kept', async (context) => {
    const { folder, file, textfile } = setUp(context);
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, `${file}.new`);
    textfile.refresh();
    await until(() => contentOf(file) === 'a 1\n');
    assert.equal(contentOf(victim), 'precious');
    assert.deepEqual(readdirSync(folder).sort(), ['portlight.prom', 'victim']);
  });

  test('a file of another one is not removed when none was written', async (context) => {
    const { file, textfile } = setUp(context);
    writeFileSync(file, 'theirs');
    await textfile.remove();
    assert.equal(contentOf(file), 'theirs');
  });
});
