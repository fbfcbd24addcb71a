import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Listener } from '../src/contract.ts';
import { openProcRoot } from '../src/proc/proc-root.ts';
import { createFullScanner } from '../src/scan/full-scanner.ts';
import { type Scan } from '../src/scan/scanner.ts';
import { end, openHundredListeners } from './hundred-listeners.ts';
import { isMissing, row, ss } from './ss-rows.ts';

const skip = isMissing('ss') && 'needs ss (iproute2)';
const skipNamespace = skip || ((process.getuid?.() !== 0 || isMissing('unshare')) && 'needs root and unshare');

function scan(): Scan {
  return createFullScanner({ root: openProcRoot('/proc'), etc: openProcRoot('/etc'), commandLines: true }).scan(
    new Date(),
  );
}

const rowsOf = (listeners: readonly Listener[]) =>
  listeners
    .map(({ protocol, address, port, holders }) =>
      row(
        protocol,
        address,
        port,
        holders.map(({ pid }) => pid),
      ),
    )
    .sort();

/** Other processes come and go: what ss says must be the same before and after the scan for the comparison to count. */
async function quietScan(ask: () => string[]): Promise<{ expected: string[]; seen: Scan }> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const before = ask();
    const seen = scan();
    if (JSON.stringify(before) === JSON.stringify(ask())) return { expected: before, seen };
    await sleep(100);
  }
  throw new Error(
    'The sockets of this machine never stood still between two runs of ss: end what opens and closes ports, and try again.',
  );
}

test(
  'with a hundred listeners more, the scan has the rows and the pids of ss: none missing, none extra',
  { skip },
  async (t) => {
    const listeners = await openHundredListeners((close) => t.after(close));
    assert.equal(listeners.count, 100);

    const { expected, seen } = await quietScan(() => ss());

    const rows = rowsOf(seen.listeners.filter(({ networkNamespace }) => networkNamespace === ownNamespace(seen)));
    assert.deepEqual(rows, expected);
    const shared = row('tcp', '127.0.0.1', 0, [process.pid, ...listeners.heirs]).split(' pids ')[1] ?? '';
    assert.equal(rows.filter((text) => text.endsWith(` pids ${shared}`)).length, 3);
  },
);

/** That of this very process, as ss sees no other. */
function ownNamespace(seen: Scan): string | undefined {
  return seen.listeners.find(({ holders }) => holders.some(({ pid }) => pid === process.pid))?.networkNamespace;
}

test(
  'a port held in another network namespace is that of its own namespace, not of the host',
  { skip: skipNamespace },
  async (t) => {
    const child = await listenElsewhere();
    t.after(() => end(child));

    const { expected, seen } = await quietScan(() => ss('nsenter', `--net=/proc/${child.pid}/ns/net`));

    const [listener, ...others] = seen.listeners.filter(({ holders }) => holders.some(({ pid }) => pid === child.pid));
    assert.ok(listener);
    assert.deepEqual(others, []);
    assert.equal(listener.isHostNamespace, false);
    assert.equal(listener.acceptQueueLimit, null, 'its somaxconn cannot be read from here');
    assert.deepEqual(
      rowsOf(seen.listeners.filter((other) => other.networkNamespace === listener.networkNamespace)),
      expected,
    );
  },
);

/** unshare becomes the program it starts, so its pid is the listener's. */
async function listenElsewhere(): Promise<ChildProcess> {
  const program = "require('node:net').createServer().listen(0, '0.0.0.0', () => console.log('listening'))";
  const child = spawn('unshare', ['--net', process.execPath, '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}
