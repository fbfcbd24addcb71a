/** Loaded before a test: one source file is read with one of its conditions taken away. */
import { registerHooks } from 'node:module';
import { CONDITIONS, fileOf, withoutIt } from './conditions.ts';

const number = Number(process.env.PORTLIGHT_CONDITION);
const condition = CONDITIONS[number];
if (condition === undefined) throw new Error(`no condition ${number}`);
const { href } = fileOf(condition);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== href) return loaded;
    return { ...loaded, source: withoutIt(condition, Buffer.from(loaded.source as Uint8Array).toString()) };
  },
});
