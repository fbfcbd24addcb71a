/** Log lines to stderr: text with journald priorities under systemd, or JSON. */

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** sd-daemon(3): `<N>` before a line is its syslog priority. */
const PRIORITY: Readonly<Record<LogLevel, number>> = { error: 3, warn: 4, info: 6, debug: 7 };

export type Fields = Readonly<Record<string, string | number | boolean | null>>;
export type Log = Readonly<Record<LogLevel, (message: string, fields?: Fields) => void>>;

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  /** journald reads stderr: prefix each line with its priority and leave the time to it. */
  readonly toJournal: boolean;
  readonly write: (line: string) => void;
  readonly now: () => Date;
}

/** Quoted when it could be taken for something else; JSON escapes every control character. */
const textValue = (value: Fields[string]) =>
  typeof value === 'string' && !/^[\w.:/@-]+$/.test(value) ? JSON.stringify(value) : String(value);

const textLine = (message: string, fields: Fields) =>
  [
    message.replace(/\p{C}/gu, '?'),
    ...Object.entries(fields).map(([name, value]) => `${name}=${textValue(value)}`),
  ].join(' ');

export function createLog({ level, format, toJournal, write, now }: LogOptions): Log {
  const line = (at: LogLevel, message: string, fields: Fields) => {
    if (format === 'json') return JSON.stringify({ time: now().toISOString(), level: at, message, ...fields });
    return toJournal
      ? `<${PRIORITY[at]}>${textLine(message, fields)}`
      : `${now().toISOString()} ${at} ${textLine(message, fields)}`;
  };
  const at =
    (one: LogLevel) =>
    (message: string, fields: Fields = {}) => {
      if (LOG_LEVELS.indexOf(one) <= LOG_LEVELS.indexOf(level)) write(`${line(one, message, fields)}\n`);
    };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
