import { once } from 'node:events';
import { connect } from 'node:net';
import { Lifeline, nameOf, ownVersion } from './lifeline.ts';
import { startOffspring } from './offspring.ts';

/** A start script that looks for a free port from `PORT` on, and tells it to the server it then stays with. */
const lifeline = new Lifeline(() => process.exit());

async function isFree(port: number): Promise<boolean> {
  const probe = connect(port, '127.0.0.1');
  try {
    await once(probe, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    probe.destroy();
  }
}

let port = Number(process.env.PORT);
while (!(await isFree(port))) port += 1;
const args = ['--port', String(port), '--ignore-sigterm'];
startOffspring(lifeline, { name: nameOf('web', ownVersion()), script: 'web.ts', port: null, args });
