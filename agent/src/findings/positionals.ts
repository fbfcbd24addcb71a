/** How the options of a launcher are told from what it is to launch. */
export interface OptionRules {
  /** Options whose value is the next argument. With `all-but`, every option that is not named here takes one. */
  readonly values: 'named' | 'all-but';
  readonly names: ReadonlySet<string>;
}

/** The options' values one knows: `-r hook.js`. */
export function withValues(...names: readonly string[]): OptionRules {
  return { values: 'named', names: new Set(names) };
}

/** The flags one knows; any other option takes a value. */
export function withFlags(...names: readonly string[]): OptionRules {
  return { values: 'all-but', names: new Set(names) };
}

/**
 * What follows the options: the first argument that is neither an option nor the value of one, and all after it.
 * @param isLast an option after which the rest belongs to what is launched; the answer begins with it
 */
export function positionals(
  args: readonly string[],
  rules: OptionRules,
  isLast: (option: string) => boolean = () => false,
): readonly string[] {
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    if (argument === '--') return args.slice(at + 1);
    if (!isOption(argument) || isLast(argument)) return args.slice(at);
    if (takesNext(argument, rules)) at++;
  }
  return [];
}

function isOption(argument: string): boolean {
  return argument.startsWith('-') && argument !== '-';
}

function takesNext(option: string, { values, names }: OptionRules): boolean {
  if (values === 'named') return names.has(option);
  const hasItsValue = option.includes('=') || /^-[A-Za-z]./.test(option);
  return !hasItsValue && !names.has(option);
}

/** The argument after one of these options; null when there is none. */
export function valueOf(args: readonly string[], ...names: readonly string[]): string | null {
  const at = args.findIndex((argument) => names.includes(argument));
  return at === -1 ? null : (args[at + 1] ?? null);
}
