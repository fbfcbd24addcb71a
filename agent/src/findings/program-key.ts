import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { printable } from '../proc/printable.ts';
import { applicationOf, type Process } from './application.ts';
import { foldPath } from './folded-path.ts';

/** Longest key. */
const LIMIT = 256;
/** No path is longer (PATH_MAX); hostile arguments are. */
const LOOKED_AT = 4096;

/**
 * Names a program whatever its pid, port and release: executable's name and folded application, as
 * `node /srv/shop/releases/…/server.js`. Never made of comm, which any thread may rewrite.
 */
export function programKey(process: Process): string {
  const name = posix.basename(process.executable ?? process.argv[0] ?? 'unknown');
  const application = applicationOf(process).slice(0, LOOKED_AT);
  return shorten(printable(`${foldPath(name)} ${foldPath(application)}`, Infinity));
}

/** Two long keys with the same beginning are still two. */
function shorten(key: string): string {
  if (key.length <= LIMIT) return key;
  const mark = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return `${printable(key, LIMIT - mark.length)}${mark}`;
}
