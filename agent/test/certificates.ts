/** Authorities and certificates for tests, made by the openssl command. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext } from 'node:test';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  readonly pem: string;
  /** @param names as in a subjectAltName: `DNS:localhost,IP:127.0.0.1` */
  readonly issue: (names: string, days?: number) => Certificate;
}

export function authority(context: TestContext): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-ca-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const openssl = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, `openssl ${args.join(' ')}: ${stderr}`);
  };
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test CA');
  let issued = 0;
  return {
    pem: read('ca.pem'),
    issue: (names, days = 2) => {
      const name = `server-${++issued}`;
      writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\n`);
      openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=Test');
      const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
      openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, '-days', String(days), ...signing);
      return { key: read(`${name}.key`), cert: read(`${name}.pem`) };
    },
  };
}
