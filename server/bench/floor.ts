/**
 * The least a push can cost on Node: read the body, parse it, answer what an aggregator would. Runs until it is ended;
 * prints its address.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ANSWER = JSON.stringify({
  accepted: true,
  needFull: false,
  aliveEverySeconds: 15,
  serverTime: '2026-11-24T03:00:00.000Z',
  expectations: null,
});
const HEADERS = { 'Content-Type': 'application/json', 'Content-Length': ANSWER.length };

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  let body = '';
  request.setEncoding('latin1');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    if (request.headers['content-encoding'] === undefined) JSON.parse(body);
    response.writeHead(202, HEADERS).end(ANSWER);
  });
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});
