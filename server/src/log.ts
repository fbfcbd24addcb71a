import { pino, type Logger } from 'pino';
import type { LogFormat, LogLevel } from './config-options.ts';

export type Log = Logger;

/** Structured log to stderr; tokens never reach it, as neither headers nor bodies are logged. */
export function createLog(level: LogLevel, format: LogFormat): Log {
  const write = (line: string): void => void process.stderr.write(format === 'json' ? line : textLine(line));
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
}

/** `2026-11-23T15:17:05.123Z warn message key="value"`; values as JSON, so that no name can break the line. */
function textLine(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return `${String(time)} ${String(level)} ${escapeControls(String(msg))}${fields.join('')}\n`;
}

function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
