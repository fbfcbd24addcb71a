import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';

const WITHIN_MS = 5_000;
const MAX_BYTES = 16 * 1024 * 1024;

export type PortsReply =
  | { readonly kind: 'reply'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** One GET to that very address; redirects are not followed, as only this address was checked. */
export async function getPorts(url: URL, address: string, token: string): Promise<PortsReply> {
  try {
    return await readReply(await ask(url, address, token));
  } catch (cause) {
    return { kind: 'unreachable', reason: reasonOf(cause) };
  }
}

function ask(url: URL, address: string, token: string): Promise<IncomingMessage> {
  const options = {
    host: address,
    port: url.port,
    path: url.pathname,
    agent: false,
    signal: AbortSignal.timeout(WITHIN_MS),
    headers: { Host: url.host, Authorization: `Bearer ${token}`, Accept: 'application/json' },
  };
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest({ ...options, ...serverName(url) }) : httpRequest(options);
    request.once('response', resolve).once('error', reject).end();
  });
}

/** The certificate must be the name's, though the connection goes to its address. */
function serverName({ hostname }: URL): { readonly servername?: string } {
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? { servername: hostname } : {};
}

async function readReply(response: IncomingMessage): Promise<PortsReply> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Leaving the loop destroys the response and its connection.
    if (length > MAX_BYTES) return { kind: 'too-large' };
    chunks.push(chunk);
  }
  return { kind: 'reply', status: response.statusCode ?? 0, body: Buffer.concat(chunks, length) };
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.name === 'AbortError' || cause.name === 'TimeoutError'
    ? `no answer within ${WITHIN_MS} ms`
    : cause.message;
}
