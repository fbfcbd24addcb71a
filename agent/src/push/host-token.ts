/** The host token on disk: its first line; the second names the aggregator that gave it. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const text = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** The first line that is no comment, without a `name:` before it; null when there is none. Throws when the file cannot be read. */
export function readTokenFile(file: string): string | null {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim());
  const line = lines.find((one) => one !== '' && !one.startsWith('#'));
  return line?.split(':').at(line.includes(':') ? 1 : 0) ?? null;
}

/** Null when there is none yet, or when it was given by another aggregator. */
export function readHostToken(file: string, server: URL): string | null {
  const [token = '', from = ''] = (text(file) ?? '').split('\n').map((line) => line.trim());
  const isOurs = from === '' || from === `# ${server.origin}`;
  return token !== '' && isOurs ? token : null;
}

/** Replaced in one step, readable by the agent's user only. Throws when the file cannot be written. */
export function writeHostToken(file: string, token: string, server: URL): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, `${token}\n# ${server.origin}\n`, { mode: 0o600, flush: true });
  renameSync(fresh, file);
}
