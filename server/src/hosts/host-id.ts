import { Refusal } from '../refusal.ts';
import type { StoreReader } from '../store/store.ts';

/** Of the only machine with that name. Refuses what is unknown, and a name that several machines share. */
export async function hostIdNamed(reader: StoreReader, name: string): Promise<string> {
  const [only, ...others] = await reader.hostIdsNamed(name);
  if (only === undefined) throw unknownHost(name);
  if (others.length === 0) return only;
  const ids = [only, ...others];
  throw new Refusal(409, 'ambiguous-host', `${ids.length} machines are called ${name}`, {
    hint: `ask by id: ${ids.join(', ')}`,
  });
}

export function unknownHost(nameOrId: string): Refusal {
  const shown = JSON.stringify(nameOrId.slice(0, 256));
  return new Refusal(404, 'unknown-host', `no machine has the name or id ${shown}`, {
    hint: 'GET /api/v1/hosts lists them; it may have been removed after --forget-after',
  });
}
