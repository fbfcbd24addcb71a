import type { Flags } from './config.ts';

/** Work on a store beside serving. */
export type Subcommand =
  | { readonly name: 'backup' | 'restore'; readonly file: string }
  | { readonly name: 'check-store'; readonly isJson: boolean };

type SubcommandName = Subcommand['name'];

/** What `--help` says of each. */
export const SUBCOMMANDS: Readonly<Record<SubcommandName, { readonly usage: string; readonly help: string }>> = {
  backup: { usage: 'backup FILE', help: 'copies all that is kept into a new file; the server may run meanwhile' },
  restore: { usage: 'restore FILE', help: 'fills an empty store, of either kind, from such a file' },
  'check-store': {
    usage: 'check-store [--json]',
    help: 'looks for faults in the store and changes nothing; exits with 0 none, 1 some, 2 could not look',
  },
};

const STORE_FLAGS: readonly string[] = ['state-dir', 'store'];

interface SubcommandReading {
  /** Null: none was asked for, or it cannot be understood. */
  readonly subcommand: Subcommand | null;
  /** With those of the flags. */
  readonly faults: readonly string[];
}

/** The first word names it, the others are its own. */
export function readSubcommand(flags: Flags): SubcommandReading {
  const [name, ...operands] = flags.words;
  if (name === undefined) return { subcommand: null, faults: [...flags.faults, ...jsonFaults(flags, null)] };
  if (!isSubcommand(name)) {
    const usages = Object.values(SUBCOMMANDS).map(({ usage }) => usage);
    const fault = `unexpected argument "${name}"; the commands are ${usages.join(', ')}, options start with --`;
    return { subcommand: null, faults: [...flags.faults, fault] };
  }
  const faults = [...flags.faults, ...flagFaults(name, flags), ...operandFaults(name, operands)];
  return { subcommand: subcommandOf(name, operands, flags), faults };
}

function isSubcommand(name: string): name is SubcommandName {
  return Object.hasOwn(SUBCOMMANDS, name);
}

function subcommandOf(name: SubcommandName, [file = '']: readonly string[], { isJson }: Flags): Subcommand {
  return name === 'check-store' ? { name, isJson } : { name, file };
}

function flagFaults(name: SubcommandName, flags: Flags): readonly string[] {
  const others = [...flags.values.keys()].filter((flag) => !STORE_FLAGS.includes(flag));
  return [...others.map((flag) => `--${flag}: ${name} takes --state-dir and --store only`), ...jsonFaults(flags, name)];
}

function jsonFaults({ isJson }: Flags, name: SubcommandName | null): readonly string[] {
  return isJson && name !== 'check-store' ? ['--json: only check-store takes it'] : [];
}

function operandFaults(name: SubcommandName, operands: readonly string[]): readonly string[] {
  const { usage } = SUBCOMMANDS[name];
  const expected = name === 'check-store' ? 0 : 1;
  if (operands.length === expected && operands.every((operand) => operand !== '')) return [];
  return [`${name}: expected portlight-server ${usage}, got ${operands.length} arguments`];
}
