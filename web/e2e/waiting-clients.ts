import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A server that keeps every connection it accepts. Ends with the test. */
const SCRIPT = `
const server = require('node:net').createServer((socket) => socket.resume().on('error', () => {}));
process.stdin.resume().on('end', () => process.exit());
server.listen(Number(process.argv[1]), '127.0.0.1', () => console.log('listening'));
`;

export interface HoldingServer {
  readonly pid: number;
  /** It accepts nothing more: the kernel completes connections, and they wait. */
  pause(): void;
  resume(): void;
  end(): Promise<void>;
}

export async function startHoldingServer(port: number): Promise<HoldingServer> {
  const child = spawn(process.execPath, ['-e', SCRIPT, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(createInterface(child.stdout), 'line');
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return {
    pid: child.pid ?? 0,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    end,
  };
}

/** That many clients whose connections are complete, as far as they can tell. */
export function connected(port: number, count: number): Promise<readonly Socket[]> {
  const clients = Array.from({ length: count }, async () => {
    const client = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(client, 'connect');
    return client;
  });
  return Promise.all(clients);
}
