/** Real-looking command lines with planted secrets, through all that shows command lines. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { type Finding, type Snapshot } from '../src/contract.ts';
import { happeningLine, PLAIN_LINE } from '../src/events/happening-line.ts';
import { Judgement, NOTHING_KEPT } from '../src/findings/judgement.ts';
import { portsPage } from '../src/local/ports-page.ts';
import { PLAIN, portsText } from '../src/local/ports-text.ts';
import { changesBetween } from '../src/scan/changes.ts';
import { scannerOf, START } from './scanned-machine.ts';
import { snapshot } from './snapshots.ts';

/** A command line a line: arguments between `|`, secrets in « »; an argument without a secret must stay as it is. */
const CORPUS = readFileSync(new URL('../fixtures/command-lines/planted.txt', import.meta.url), 'utf8');
const LINES = CORPUS.split('\n').filter((line) => line !== '');

const PID = 350;

interface Shown {
  readonly snapshot: Snapshot;
  /** All that leaves the agent, by what it is. */
  readonly surfaces: Readonly<Record<string, string>>;
}

/** A machine where a process becomes this program by exec. */
function shownWith(argv: readonly string[], commandLines: boolean): Shown {
  const scan = scannerOf(commandLines);
  const before = scan(0);
  const alterations = {
    bytes: { [`${PID}/cmdline`]: `${argv.join('\0')}\0` },
    links: { [`${PID}/exe`]: `/usr/bin/${argv[0]?.split(' ')[0] ?? ''}`, [`${PID}/cwd`]: '/srv' },
  };
  const { listeners } = scan(1, alterations);
  const judgement = new Judgement({ expected: { services: [], homes: [] }, kept: NOTHING_KEPT, usersOf: () => [] });
  const seen = snapshot(listeners, { takenAt: new Date(START + 1000).toISOString() });
  const findings: readonly Finding[] = judgement.see(seen);
  const whole = { ...seen, findings };
  const now = new Date(START + 2000);
  const { events } = changesBetween(before.listeners, listeners, now);
  assert.ok(events.some(({ kind }) => kind === 'program-changed'));
  return {
    snapshot: whole,
    surfaces: {
      'the snapshot': JSON.stringify(whole),
      'the text': portsText(whole, PLAIN, now),
      'the page': portsPage(whole, 'This machine', now),
      events: JSON.stringify(events),
      'what watch prints': events
        .map((event, at) => happeningLine({ id: at, sequence: at, ...event }, null, PLAIN_LINE))
        .join('\n'),
    },
  };
}

suite('planted secrets', () => {
  test('there are enough of them', () => {
    assert.ok(LINES.filter((line) => line.includes('«')).length >= 90);
    assert.ok(LINES.filter((line) => !line.includes('«')).length >= 15);
  });

  for (const line of LINES) {
    test(line, () => {
      const marked = line.split('|');
      const argv = marked.map((argument) => argument.replace(/[«»]/g, ''));
      const secrets = [...line.matchAll(/«(.*?)»/g)].map(([, secret]) => secret!);
      for (const commandLines of [true, false]) {
        const { surfaces } = shownWith(argv, commandLines);
        for (const [surface, text] of Object.entries(surfaces)) {
          for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} is in ${surface}`);
        }
      }
      const holders = shownWith(argv, true).snapshot.listeners.flatMap((listener) => listener.holders);
      const shown = holders.find(({ pid }) => pid === PID)?.commandLine ?? [];
      assert.equal(shown.length, argv.length);
      marked.forEach((argument, place) => {
        if (!argument.includes('«')) assert.equal(shown[place], argument);
      });
    });
  }
});
