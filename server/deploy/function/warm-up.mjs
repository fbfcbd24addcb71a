/* Starts the packaged function once, so that its compiled form lies beside it where nothing may be written: warm-up.mjs FOLDER */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const state = mkdtempSync(join(tmpdir(), 'portlight-function-'));
process.env.PORTLIGHT_SERVER_STATE_DIR = state;
for (const role of ['ENROLL', 'READ', 'ADMIN']) {
  const file = join(state, role);
  writeFileSync(file, 'a-token-that-only-this-start-knows\n');
  process.env[`PORTLIGHT_SERVER_${role}_TOKEN_FILE`] = file;
}
const { handler } = await import(resolve(process.argv[2], 'server/dist/portlight-function.js'));
const http = { method: 'GET', path: '/readyz', sourceIp: '127.0.0.1' };
const event = {
  version: '2.0',
  rawPath: '/readyz',
  rawQueryString: '',
  headers: { host: 'localhost' },
  requestContext: { http },
};
const { statusCode, body } = await handler(event, {});
flushCompileCache();
rmSync(state, { recursive: true, force: true });
if (statusCode !== 200) throw new Error(`the packaged function does not start: ${statusCode} ${body}`);
process.exit(0);
