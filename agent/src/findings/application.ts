import { posix } from 'node:path';
import { positionals, valueOf, withFlags, withValues, type OptionRules } from './positionals.ts';

/** What is known of a process when its program is named. */
export interface Process {
  /** /proc/PID/exe without ` (deleted)`; null when it may not be read. */
  readonly executable: string | null;
  readonly argv: readonly string[];
  /** Working directory; null when it may not be read. */
  readonly cwd: string | null;
}

/** The arguments after the launcher's own name. */
type Launcher = (args: readonly string[], process: Process) => string | null;

const NODE = withValues(
  ...['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions'],
  ...['--env-file', '--env-file-if-exists', '--title', '--preload', '--cwd', '-c', '--config', '--import-map'],
);
const PYTHON = withValues('-W', '-X', '--check-hash-based-pycs');
/** Options after which code or a module follows, not a script. */
const NODE_CODE = /^(?:-e|-p|-pe|--eval|--print)$/;
const PYTHON_CODE = /^-[bBdEhiIOPqRsSuvVx]*([mc])(.*)$/s;
const JAVA = withValues(
  ...['-cp', '-classpath', '--class-path', '-p', '--module-path', '--upgrade-module-path', '--add-modules'],
  ...['--add-opens', '--add-exports', '--add-reads', '--enable-native-access'],
);
const PHP = withValues('-c', '-d', '-z');
const RUBY = withValues('-r', '-I', '-C', '-E');
const NOTHING = withValues();
const PYTHON_SERVER = withFlags(
  ...['--reload', '-D', '--daemon', '--preload', '--spew', '--check-config', '--print-config', '--no-sendfile'],
  ...['--reuse-port', '-R', '--enable-stdio-inheritance', '--capture-output', '--proxy-protocol', '--factory'],
  ...['--proxy-headers', '--no-proxy-headers', '--use-colors', '--no-use-colors', '--access-log', '--no-access-log'],
  ...['--server-header', '--no-server-header', '--date-header', '--no-date-header', '--debug'],
);

/** By the executable's name without its version; code given on the command line has no name of its own. */
const LAUNCHERS: readonly (readonly [RegExp, Launcher])[] = [
  [/^(?:node|nodejs|bun|deno)$/, launchedByNode],
  [/^(?:python|pypy)$/, launchedByPython],
  [/^(?:gunicorn|uvicorn|hypercorn)$/, (args, { argv, cwd }) => withServed(absolute(argv[0] ?? '', cwd), args)],
  [/^java$/, launchedByJava],
  [/^php$/, launchedByPhp],
  [/^dotnet$/, launchedByDotnet],
  [/^beam(?:\.smp)?$/, launchedByBeam],
  [/^ruby$/, launchedByRuby],
  [/^perl$/, (args, { cwd }) => script(args, NOTHING, cwd)],
  [/^(?:bundle|bundler|rackup|puma)$/, (_, { cwd }) => cwd],
];

/** What a program runs: the script, module or archive of a launcher, else the executable itself. Unfolded. */
export function applicationOf(process: Process): string {
  const { executable, argv, cwd } = process;
  const ownName = executable ?? argv[0] ?? 'unknown';
  if (isRewritten(process)) return cwd ?? ownName;
  const name = launcherName(ownName);
  const launcher = LAUNCHERS.find(([pattern]) => pattern.test(name))?.[1];
  return launcher?.(argv.slice(1), process) ?? ownName;
}

/** `python3.12` → `python`. */
function launcherName(executable: string): string {
  return posix.basename(executable).replace(/-?\d[\d.]*$/, '');
}

/** A title like `puma 6.4 (tcp://0.0.0.0:3000)` took the place of the arguments: one token that is not the executable. */
function isRewritten({ executable, argv }: Process): boolean {
  const [title] = argv;
  if (title === undefined || argv.length !== 1) return false;
  return executable !== null && posix.basename(title) !== posix.basename(executable);
}

function absolute(path: string, cwd: string | null): string {
  return cwd === null ? path : posix.resolve(cwd, path);
}

function script(args: readonly string[], rules: OptionRules, cwd: string | null): string | null {
  const [first] = positionals(args, rules);
  return first === undefined || first === '' ? null : absolute(first, cwd);
}

function launchedByNode(args: readonly string[], { cwd }: Process): string | null {
  const [first = '', ...rest] = positionals(args, NODE, (option) => NODE_CODE.test(option));
  if (NODE_CODE.test(first)) return null;
  return first === 'run' || first === 'x' ? script(rest, NODE, cwd) : script([first], NODE, cwd);
}

function launchedByPython(args: readonly string[], { cwd }: Process): string | null {
  const [first = '', ...rest] = positionals(args, PYTHON, (option) => PYTHON_CODE.test(option));
  const [, kind, attached = ''] = PYTHON_CODE.exec(first) ?? [];
  if (kind === 'c' || first === '') return null;
  if (kind === 'm') return pythonModule(attached === '' ? rest : [attached, ...rest]);
  return withServed(absolute(first, cwd), rest);
}

/** `-m M …`. */
function pythonModule([module, ...args]: readonly string[]): string | null {
  return module === undefined ? null : withServed(module, args);
}

/** gunicorn and its like serve the application that is their first positional: `app:app`. */
function withServed(server: string, args: readonly string[]): string {
  if (!/^(?:gunicorn|uvicorn|hypercorn)$/.test(posix.basename(server))) return server;
  const [served] = positionals(args, PYTHON_SERVER);
  return served === undefined ? server : `${server} ${served}`;
}

function launchedByJava(args: readonly string[], { cwd }: Process): string | null {
  const archive = valueOf(args, '-jar');
  if (archive !== null) return absolute(archive, cwd);
  const module = valueOf(args, '-m', '--module');
  return module ?? positionals(args, JAVA).find((argument) => !argument.startsWith('@')) ?? null;
}

/** `php -S` serves a folder. */
function launchedByPhp(args: readonly string[], { cwd }: Process): string | null {
  if (!args.includes('-S')) return script(args, PHP, cwd);
  const root = valueOf(args, '-t');
  return root === null ? cwd : absolute(root, cwd);
}

function launchedByDotnet(args: readonly string[], { cwd }: Process): string | null {
  const assembly = args.find((argument) => argument.endsWith('.dll'));
  return assembly === undefined ? null : absolute(assembly, cwd);
}

/** Erlang's node name; the part after `@` names the machine, not the program. */
function launchedByBeam(args: readonly string[]): string | null {
  return valueOf(args, '-name', '-sname')?.replace(/@.*$/s, '') ?? null;
}

/** The scripts of gems are the same for every application, the working directory is not. */
function launchedByRuby(args: readonly string[], { cwd }: Process): string | null {
  const path = script(args, RUBY, cwd);
  return path !== null && /^(?:bundle|bundler|rackup|puma)$/.test(posix.basename(path)) ? cwd : path;
}
