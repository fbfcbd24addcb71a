/** What a command needs of the process it runs in. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Overwrites one line of standard error with how it goes; does nothing when that is no terminal. */
  readonly progress: (text: string) => void;
  /** Width of the terminal; null when standard output is none. */
  readonly columns: number | null;
  /** Standard output is a terminal and NO_COLOR is not set. */
  readonly hasColours: boolean;
}

export const EXIT = { ok: 0, incomplete: 1, usage: 2, failed: 1 } as const;

/** All faults of a configuration at once; the exit code for them. */
export function faultsShown(terminal: Terminal, command: string, faults: readonly string[]): number {
  for (const fault of faults) terminal.err(`${command}: ${fault}\n`);
  return EXIT.usage;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  // A reader that went away, as `portlight ports | head`, is no fault.
  stdout.on('error', () => process.exit());
  return {
    env,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    progress: (text) => {
      if (stderr.isTTY) stderr.write(`\r\u001b[2K${text.slice(0, stderr.columns - 1)}`);
    },
    columns: stdout.isTTY ? stdout.columns : null,
    hasColours: stdout.isTTY && !env.NO_COLOR,
  };
}
