/** Loaded before a test: one source file is read with one of its conditions taken away. */
import { registerHooks } from 'node:module';
import { CONDITIONS, fileOf, withoutIt } from './conditions.ts';

const condition = CONDITIONS[Number(process.env.PORTLIGHT_CONDITION)];
if (condition === undefined) throw new Error(`no condition ${process.env.PORTLIGHT_CONDITION}`);
const { href } = fileOf(condition);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== href) return loaded;
    return { ...loaded, source: withoutIt(condition, Buffer.from(loaded.source as Uint8Array).toString()) };
  },
});
