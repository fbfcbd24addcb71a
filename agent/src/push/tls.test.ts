/** The agent's side of TLS and of a proxy, against real ones. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, type Server } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { authority, type Certificate } from '../../test/certificates.ts';
import { connectProxy } from '../../test/connect-proxy.ts';
import { Aggregator, type AggregatorOptions, type Reply } from './aggregator.ts';

async function listening(context: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function secureServer(context: TestContext, certificate: Certificate): Promise<number> {
  const server = createServer({ ...certificate, keepAliveTimeout: 65_000 }, (request, response) => {
    request.resume().on('end', () => response.writeHead(202).end('{"accepted":true}'));
  });
  context.after(() => server.closeAllConnections());
  return await listening(context, server);
}

const urlOf = (port: number, host = '127.0.0.1') => new URL(`https://${host}:${port}`);

function aggregatorAt(context: TestContext, options: AggregatorOptions): Aggregator {
  const aggregator = new Aggregator(options);
  context.after(() => aggregator.close());
  return aggregator;
}

async function triedAt(context: TestContext, options: AggregatorOptions): Promise<Reply> {
  return await aggregatorAt(context, options).post('/api/v1/push', { kind: 'alive' }, 'a-token');
}

async function reasonAt(context: TestContext, options: AggregatorOptions): Promise<string> {
  const reply = await triedAt(context, options);
  assert.equal(reply.kind, 'unreachable');
  return reply.reason;
}

suite('TLS', () => {
  test('an authority that is given is believed, by address and by name', async (context) => {
    const { pem, issue } = authority(context);
    const port = await secureServer(context, issue('DNS:localhost,IP:127.0.0.1'));
    for (const host of ['127.0.0.1', 'localhost']) {
      assert.equal((await triedAt(context, { url: urlOf(port, host), ca: pem })).kind, 'ok');
    }
  });

  test('an unknown authority is told with its remedy', async (context) => {
    const { issue } = authority(context);
    const other = authority(context);
    const url = urlOf(await secureServer(context, issue('IP:127.0.0.1')));
    assert.match(
      await reasonAt(context, { url, ca: null }),
      /^its certificate is signed by an authority this machine does not know: give that one’s PEM by --server-ca-file \(/,
    );
    assert.match(
      await reasonAt(context, { url, ca: other.pem }),
      /^its certificate is not signed by the authority of --server-ca-file/,
    );
  });

  test('a certificate of another name, or one that is over, is told', async (context) => {
    const { pem, issue } = authority(context);
    const other = urlOf(await secureServer(context, issue('DNS:other.example')), 'localhost');
    assert.match(
      await reasonAt(context, { url: other, ca: pem }),
      /^its certificate is not for localhost: give --server with a name that the certificate has .*other\.example/,
    );
    const over = issue('IP:127.0.0.1', 0);
    await sleep(2100);
    assert.match(
      await reasonAt(context, { url: urlOf(await secureServer(context, over)), ca: pem }),
      /^its certificate has expired: renew it there, or set this machine’s clock/,
    );
  });

  test('a port without TLS is told', async (context) => {
    const port = await listening(
      context,
      createPlainServer((_, response) => response.end()),
    );
    assert.match(
      await reasonAt(context, { url: urlOf(port), ca: null }),
      new RegExp(`^127.0.0.1:${port} does not speak TLS there: another port, or http:// in --server`),
    );
  });
});

suite('a proxy', () => {
  const AGGREGATOR = 'aggregator.example';

  test('one tunnel serves all pushes, with TLS to the aggregator’s own name', async (context) => {
    const { pem, issue } = authority(context);
    const port = await secureServer(context, issue(`DNS:${AGGREGATOR}`));
    const place = `${AGGREGATOR}:${port}`;
    const { url: proxy, asked } = await connectProxy(context, place, 'me:s3cret word');
    proxy.username = 'me';
    proxy.password = 's3cret word';
    const aggregator = aggregatorAt(context, { url: urlOf(port, AGGREGATOR), ca: pem, proxy });
    for (let push = 1; push <= 3; push += 1) {
      assert.equal((await aggregator.post('/api/v1/push', { kind: 'alive' }, null)).kind, 'ok');
    }
    assert.deepEqual([asked, aggregator.connections], [[place], 1]);
  });

  test('plain http goes through it, too', async (context) => {
    const server = createPlainServer((request, response) => {
      request.resume().on('end', () => response.writeHead(202).end('{}'));
    });
    context.after(() => server.closeAllConnections());
    const port = await listening(context, server);
    const { url: proxy } = await connectProxy(context, `${AGGREGATOR}:${port}`);
    const url = new URL(`http://${AGGREGATOR}:${port}`);
    assert.equal((await triedAt(context, { url, ca: null, proxy })).kind, 'ok');
  });

  test('an authority nobody knows is told through it', async (context) => {
    const port = await secureServer(context, authority(context).issue(`DNS:${AGGREGATOR}`));
    const { url: proxy } = await connectProxy(context, `${AGGREGATOR}:${port}`);
    const reason = await reasonAt(context, { url: urlOf(port, AGGREGATOR), ca: null, proxy });
    assert.match(reason, /authority this machine does not know/);
  });

  test('what the proxy does not do is told, without its password', async (context) => {
    const url = urlOf(8443, AGGREGATOR);
    const { url: strict } = await connectProxy(context, `${AGGREGATOR}:8443`, 'me:right');
    strict.username = 'me';
    strict.password = 'wrong-one';
    const unauthorized = await reasonAt(context, { url, ca: null, proxy: strict });
    assert.match(
      unauthorized,
      /^the proxy refuses to connect to aggregator\.example:8443 with 407: it wants a user and password, give them in HTTPS_PROXY=/,
    );
    assert.ok(!unauthorized.includes('wrong-one'));
    const { url: proxy } = await connectProxy(context, 'elsewhere:443');
    assert.match(await reasonAt(context, { url, ca: null, proxy }), /^the proxy refuses .* with 403 \(proxy 127/);
    const gone = new URL('http://127.0.0.1:9');
    assert.match(
      await reasonAt(context, { url, ca: null, proxy: gone }),
      /^the proxy cannot be reached: .*ECONNREFUSED/,
    );
  });

  test('after a trouble with the proxy the next try is a new one', async (context) => {
    const { pem, issue } = authority(context);
    const port = await secureServer(context, issue(`DNS:${AGGREGATOR}`));
    const { url: proxy, asked } = await connectProxy(context, `${AGGREGATOR}:${port}`, 'me:right');
    const aggregator = aggregatorAt(context, { url: urlOf(port, AGGREGATOR), ca: pem, proxy });
    const tried = async () => (await aggregator.post('/api/v1/push', {}, null)).kind;
    assert.equal(await tried(), 'unreachable');
    [proxy.username, proxy.password] = ['me', 'right'];
    assert.equal(await tried(), 'ok');
    assert.equal(asked.length, 2);
  });
});
