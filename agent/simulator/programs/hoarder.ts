import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { Lifeline } from './lifeline.ts';

/**
 * A server that opens file after file: it keeps `--most` of them, and then begins again with none. At its `--limit` it stops
 * opening more.
 */
const { values } = parseArgs({
  options: { most: { type: 'string' }, limit: { type: 'string' }, 'every-ms': { type: 'string' } },
});
const lifeline = new Lifeline(() => process.exit());
const port = Number(process.env.PORT);
const files: number[] = [];
/** A few are open already, and without any it could not go on. */
const room = Number(values.limit) - 50;

createServer().listen(port, '127.0.0.1', () => {
  lifeline.report('listening', { port });
  setInterval(() => {
    if (files.length < room) files.push(openSync('/dev/null', 'r'));
    if (files.length < Number(values.most)) return;
    for (const file of files.splice(0)) closeSync(file);
  }, Number(values['every-ms']));
});
