/** The way to the aggregator where a proxy stands between: HTTP CONNECT, then TLS through it. */
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';

export interface TunnelOptions {
  /** With user and password, if it wants them. */
  readonly proxy: URL;
  readonly aggregator: URL;
  /** PEM; null: the system's authorities. */
  readonly ca: string | null;
  readonly timeoutMs: number;
}

/** The proxy did not let us through; the message is for people. */
class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

/** Opens one connection whenever it is called. */
export function tunnel(options: TunnelOptions): buildConnector.connector {
  return (_, callback) => {
    opened(options).then(
      (socket) => {
        callback(null, socket);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), null);
      },
    );
  };
}

async function opened(options: TunnelOptions): Promise<Socket | TLSSocket> {
  const socket = await connected(options);
  socket.setKeepAlive(true, 60_000).setNoDelay(true);
  return options.aggregator.protocol === 'https:' ? await secured(socket, options) : socket;
}

function placeOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port === '' ? ({ 'https:': 443 }[protocol] ?? 80) : port}`;
}

function connected({ proxy, aggregator, timeoutMs }: TunnelOptions): Promise<Socket> {
  const place = placeOf(aggregator);
  const send = proxy.protocol === 'https:' ? tlsRequest : plainRequest;
  const asked = send({
    host: bare(proxy.hostname),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: place,
    headers: { host: place, ...authorizationOf(proxy) },
    agent: false,
    timeout: timeoutMs,
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      asked.destroy();
      reject(new ProxyError(`${why} (proxy ${proxy.host})`));
    };
    asked.on('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket) => {
      socket.setTimeout(0);
      if (statusCode === 200) resolve(socket);
      else fail(refusal(statusCode, place));
    });
    asked.on('response', ({ statusCode = 0 }) => {
      fail(refusal(statusCode, place));
    });
    asked.on('timeout', () => {
      fail(`the proxy does not answer within ${timeoutMs / 1000} s`);
    });
    asked.on('error', (error) => {
      fail(`the proxy cannot be reached: ${error.message}`);
    });
    asked.end();
  });
}

function refusal(status: number, place: string): string {
  const hint =
    status === 407 ? ': it wants a user and password, give them in HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT' : '';
  return `the proxy refuses to connect to ${place} with ${status}${hint}`;
}

function authorizationOf({ username, password }: URL): { 'proxy-authorization'?: string } {
  if (username === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

function secured(socket: Socket, { aggregator, ca, timeoutMs }: TunnelOptions): Promise<TLSSocket> {
  const host = bare(aggregator.hostname);
  const secure = tlsConnect({
    socket,
    host,
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === null ? {} : { ca }),
    ALPNProtocols: ['http/1.1'],
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => secure.destroy(new Error('no TLS within the time')), timeoutMs);
    secure.once('secureConnect', () => {
      clearTimeout(timer);
      resolve(secure);
    });
    secure.once('error', (error: Error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
