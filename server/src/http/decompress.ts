import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gunzipSync, zstdDecompress, zstdDecompressSync, type ZlibOptions, type ZstdOptions } from 'node:zlib';
import { Refusal } from '../refusal.ts';
import { MAX_BODY_BYTES, tooLarge } from './read-body.ts';

export type Decompress = (bytes: Buffer) => Promise<Buffer>;

/** What becomes more than this is decompressed on another thread. */
const AT_ONCE_BYTES = 256 * 1024;

type Options = ZlibOptions & ZstdOptions;

interface Coding {
  readonly atOnce: (bytes: Buffer, options: Options) => Buffer;
  readonly elsewhere: (bytes: Buffer, options: Options) => Promise<Buffer>;
}

const CODINGS: Readonly<Record<string, Coding | null>> = {
  identity: null,
  gzip: { atOnce: gunzipSync, elsewhere: promisify(gunzip) },
  zstd: { atOnce: zstdDecompressSync, elsewhere: promisify(zstdDecompress) },
};

/** How to read this body; null: as it is. */
export function decompressorOf({ headers }: IncomingMessage): Decompress | null {
  const name = headers['content-encoding'];
  if (name === undefined) return null;
  const plain = name.trim().toLowerCase();
  const coding = Object.hasOwn(CODINGS, plain) ? CODINGS[plain] : undefined;
  if (coding !== undefined) return coding && ((bytes) => decompress(coding, bytes));
  throw new Refusal(
    415,
    'unknown-encoding',
    `expected Content-Encoding gzip, zstd or identity, got ${JSON.stringify(plain.slice(0, 100))}`,
  );
}

/** A usual snapshot is there sooner than another thread would have begun; a large one must not hold up everyone else. */
async function decompress(coding: Coding, bytes: Buffer): Promise<Buffer> {
  try {
    return coding.atOnce(bytes, { maxOutputLength: AT_ONCE_BYTES });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw notDecompressible(cause);
  }
  try {
    return await coding.elsewhere(bytes, { maxOutputLength: MAX_BODY_BYTES });
  } catch (cause) {
    throw cause instanceof RangeError ? tooLarge() : notDecompressible(cause);
  }
}

function notDecompressible(cause: unknown): Refusal {
  return new Refusal(400, 'not-decompressible', 'the body is not what its Content-Encoding says', { cause });
}
