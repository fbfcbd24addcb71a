import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';

/** Of a body, before and after decompression. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

type Decompress = (bytes: Buffer) => Promise<Buffer>;

const LIMITS = { maxOutputLength: MAX_BODY_BYTES };
const ungzip = promisify(gunzip);
const unzstd = promisify(zstdDecompress);

const DECODINGS: Readonly<Record<string, Decompress | null>> = {
  identity: null,
  gzip: (bytes) => ungzip(bytes, LIMITS),
  zstd: (bytes) => unzstd(bytes, LIMITS),
};

/** The body as JSON. Refuses what is too large, compressed in another way, or no JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  refuseOtherTypes(request);
  const decompress = decodingOf(request);
  const bytes = await readBytes(request, Number(request.headers['content-length'] ?? 0));
  return parse(decompress ? await inflate(decompress, bytes) : bytes);
}

function refuseOtherTypes({ headers }: IncomingMessage): void {
  const type = headers['content-type'] ?? '';
  if (/^application\/json(;|$)/i.test(type.trim())) return;
  throw new Refusal(
    415,
    'not-json',
    `expected Content-Type: application/json, got ${JSON.stringify(type.slice(0, 100))}`,
  );
}

function decodingOf({ headers }: IncomingMessage): Decompress | null {
  const coding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decompress = Object.hasOwn(DECODINGS, coding) ? DECODINGS[coding] : undefined;
  if (decompress !== undefined) return decompress;
  throw new Refusal(
    415,
    'unknown-encoding',
    `expected Content-Encoding gzip, zstd or identity, got ${JSON.stringify(coding.slice(0, 100))}`,
  );
}

async function readBytes(body: Readable, announced: number): Promise<Buffer> {
  if (announced > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

async function inflate(decompress: Decompress, bytes: Buffer): Promise<Buffer> {
  try {
    return await decompress(bytes);
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge();
    throw new Refusal(400, 'not-decompressible', 'the body is not what its Content-Encoding says', { cause });
  }
}

function tooLarge(): Refusal {
  return new Refusal(413, 'too-large', `expected at most ${MAX_BODY_BYTES} bytes, before and after decompression`, {
    hint: 'send fewer listeners and count the others in coverage.skippedRows',
    // What is left of the body is not read, so the connection cannot go on.
    headers: { Connection: 'close' },
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Refusal(422, 'invalid-json', 'the body is no JSON', {
      faults: [`$: ${(cause as Error).message.slice(0, 200)}`],
      cause,
    });
  }
}
