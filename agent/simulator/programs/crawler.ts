import { connect } from 'node:net';
import { Lifeline } from './lifeline.ts';

/**
 * A client with a connection to `PORT`. The kernel gives it a local port, on which nobody can listen while it lasts, and no
 * listener shows why. (A local port of one's own choice does not block: libuv sets SO_REUSEADDR before it binds.)
 */
const lifeline = new Lifeline(() => process.exit());
const upstream = Number(process.env.PORT);
const connection = connect(upstream, '127.0.0.1');
connection.on('connect', () => {
  lifeline.report('holding', { port: connection.localPort ?? null, note: `connected to ${upstream}` });
});
connection.resume();
