import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';

/** Files of a certificate and its key. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** Made by openssl, as an operator would. */
export function makePair(folder: string, name: string, days = 30): Pair {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', cert];
  const options = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    String(days),
  ];
  execFileSync('openssl', ['req', ...options, ...subject, ...files], { stdio: 'ignore' });
  return { cert, key };
}

/** Name in the certificate the server shows. */
export function shownName(url: string, options: ConnectionOptions = {}): Promise<string> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ...options }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
