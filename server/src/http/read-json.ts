import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';
import { decompressorOf } from './decompress.ts';
import { readBody } from './read-body.ts';

/** The body as JSON. Refuses what is too large, compressed in another way, or no JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  refuseOtherTypes(request);
  const decompress = decompressorOf(request);
  const bytes = await readBody(request);
  return parseJson(decompress ? await decompress(bytes) : bytes);
}

export function refuseOtherTypes({ headers }: IncomingMessage): void {
  const type = headers['content-type'] ?? '';
  if (type === 'application/json' || /^application\/json(;|$)/i.test(type.trim())) return;
  throw new Refusal(
    415,
    'not-json',
    `expected Content-Type: application/json, got ${JSON.stringify(type.slice(0, 100))}`,
  );
}

export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new Refusal(422, 'invalid-json', 'the body is no JSON', {
      faults: [`$: ${(cause as Error).message.slice(0, 200)}`],
      cause,
    });
  }
}
