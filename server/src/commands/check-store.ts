import type { StoreConfig } from '../config.ts';
import { StartFault } from '../refusal.ts';
import { checkStore, type Checked } from '../store/check/check-store.ts';
import { openToRead } from '../store/copy/open-tables.ts';
import type { TableStore } from '../store/copy/table-store.ts';
import type { StoreLocation } from '../store/open-store.ts';
import { StoreFault } from '../store/store-fault.ts';
import { storeName } from '../store/store-name.ts';

/** One line on stdout. */
type Say = (line: string) => void;

interface CheckOptions {
  /** One JSON object at the end in place of a line for each look. */
  readonly isJson: boolean;
  readonly say: Say;
}

/** Looks for faults in a store and says what it finds; answers the exit code: 0 none, 1 some. Changes nothing. */
export async function checkCommand({ store: location }: StoreConfig, { isJson, say }: CheckOptions): Promise<0 | 1> {
  const checks: Checked[] = [];
  for await (const checked of looks(location)) {
    checks.push(checked);
    if (!isJson) for (const line of linesOf(checked)) say(line);
  }
  const isSound = checks.every(({ faults }) => faults.length === 0);
  if (isJson) say(JSON.stringify({ store: storeName(location), isSound, checks }));
  return isSound ? 0 : 1;
}

/** Damage ends the looking, and is itself what was found. */
async function* looks(location: StoreLocation): AsyncGenerator<Checked> {
  let store: TableStore | null = null;
  try {
    store = await openToRead(location);
    yield* checkStore(store);
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    const sentence = `${cause.message}; ${cause.remedy}`;
    if (cause.kind !== 'damaged')
      throw new StartFault(2, `cannot look into the store ${storeName(location)}: ${sentence}`, cause);
    yield { what: 'the store can be opened and read', faults: [sentence] };
  } finally {
    await store?.close();
  }
}

function linesOf({ what, faults }: Checked): readonly string[] {
  return faults.length === 0 ? [`ok     ${what}`] : faults.map((fault) => `fault  ${what}: ${fault}`);
}
