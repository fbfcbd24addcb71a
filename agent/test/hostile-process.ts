import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext } from 'node:test';

/**
 * Its executable is called `we"b\`, a newline, a byte that is no UTF-8, a character that turns the direction of text; its
 * arguments hold the like. Only a shell can name such bytes.
 */
const SCRIPT = `
name="$(printf 'we"b\\\\\\n\\377\\342\\200\\256')"
cp "$1" "$name"
exec "$PWD/$name" -e 'require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port) })' \
  "$(printf 'ar\\ng"} 1\\n# TYPE x counter\\377')"
`;

/** How its name is shown. */
export const HOSTILE_NAME = 'we"b\\\\n\ufffd\\u202e';

/** A real process with a hostile name that listens on 127.0.0.1, ended with the test. */
export async function hostileProcess(context: TestContext, folder: string): Promise<{ port: number }> {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'sh', process.execPath], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(line.toString()) };
}
