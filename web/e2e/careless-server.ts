import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** An application server that ignores SIGTERM and takes the next port when its own is taken, as many do. Ends with the test. */
const SCRIPT = `
import { createServer } from 'node:http';
process.on('SIGTERM', () => {});
process.stdin.resume().on('end', () => process.exit());
const server = createServer((request, response) => response.end('well'));
let port = Number(process.env.PORT);
server.on('error', () => server.listen(++port, '127.0.0.1'));
server.on('listening', () => console.log(JSON.stringify({ port, at: Date.now() })));
server.listen(port, '127.0.0.1');
`;

/** A program as it is installed: its own script, run by Node or by a copy of Node with another name. */
export interface Installed {
  readonly executable: string;
  readonly script: string;
}

export interface Running {
  readonly pid: number;
  readonly port: number;
  /** When it began to listen, by its own clock. */
  readonly at: number;
  end(): Promise<void>;
}

export async function install(folder: string, name: string, executableName: string | null = null): Promise<Installed> {
  const script = join(folder, name, 'server.mjs');
  await mkdir(dirname(script), { recursive: true });
  await writeFile(script, SCRIPT);
  if (executableName === null) return { executable: process.execPath, script };
  const executable = join(folder, name, executableName);
  await copyFile(process.execPath, executable);
  return { executable, script };
}

export async function run(
  { executable, script }: Installed,
  port: number,
  args: readonly string[] = [],
): Promise<Running> {
  const env = { ...process.env, PORT: String(port) };
  const child = spawn(executable, [script, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const told = JSON.parse(line) as { readonly port: number; readonly at: number };
  return { ...told, pid: child.pid ?? 0, end: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
