/** Names of options and variables that speak of a peer's port, not of one's own. */
const PEER_WORDS =
  'db database redis mysql mysqld postgres postgresql pg mongo mongodb memcached kafka etcd broker upstream backend remote ' +
  'target proxy connect peer join master primary replica seed registry endpoint forward container cache smtp amqp ldap dns ' +
  'collector scrape expect free';
/** Of ports beside the service's own, for those who maintain it. */
const SIDE_WORDS = 'inspect debug debugger jdwp';
const NOT_OWN = new Set(`${PEER_WORDS} ${SIDE_WORDS}`.split(' '));
/** Names whose value is an address to listen on, URLs included. */
const LISTEN_WORDS = /^(?:listen|bind|b|l|urls?|addr|address|host|http|https)$/;
/** Names that can mean nothing else: any address of the machine may follow. */
const BIND_WORDS = /^(?:listen|bind|b|l)$/;
/** `-p 4` is a count of something; no service is told a lower port by it. */
const LEAST_SHORT_PORT = 80;

/** Hosts that can only be this machine: nothing, wildcards, loopback. */
const OWN_HOST = String.raw`(?:\*|localhost|0\.0\.0\.0|127(?:\.\d{1,3}){3}|\[(?:::1?|::ffff:127(?:\.\d{1,3}){3})\])?`;
/** Or any address of its own, where one is to be listened on. */
const ANY_HOST = String.raw`(?:\*|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]{0,64}\])?`;
const ADDRESS = new RegExp(`^${OWN_HOST}:(\\d{1,5})$`, 'i');
const BOUND_ADDRESS = new RegExp(`^${ANY_HOST}:(\\d{1,5})$`, 'i');
const LISTEN_URL = new RegExp(String.raw`^[a-z][a-z0-9+.-]{0,15}://(?:${ANY_HOST}|\+|[\w.-]{1,253}):(\d{1,5})/?$`, 'i');

/** More arguments than any starter gives; a hostile command line may have a hundred thousand. */
const LOOKED_AT = 1000;

/** Ports that a command line tells its program to use, ascending. FINDINGS.md, “told ports”. */
export function toldPorts(argv: readonly string[]): readonly number[] {
  // A rewritten title is one token that holds several.
  const words = argv.length === 1 ? (argv[0] ?? '').slice(0, 4096).split(/[\s(),]+/) : argv;
  const args = words.slice(1, LOOKED_AT + 1);
  const ports = args.flatMap((argument, at) => portsOf(argument, args[at - 1] ?? ''));
  return [...new Set(ports)].sort((a, b) => a - b);
}

function portsOf(argument: string, before: string): number[] {
  if (isOptionName(before) && isNotOwn(wordsOf(before))) return [];
  const [, name, value] = /^([\w.-]{1,64})=(.{0,300})$/.exec(argument) ?? [];
  if (name !== undefined && value !== undefined) return portsOfOption(name, value);
  const [, attached] = /^-p(\d{1,5})$/.exec(argument) ?? [];
  if (attached !== undefined) return shortPort(attached);
  return isOptionName(before) ? portsOfOption(before, argument) : address(argument, ADDRESS);
}

function isOptionName(argument: string): boolean {
  return /^--?[A-Za-z][\w.-]{0,62}$/.test(argument);
}

function isNotOwn(words: readonly string[]): boolean {
  return words.some((word) => NOT_OWN.has(word));
}

/** What a name and its value tell: `--http-port 3000`, `PORT=3000`, `--bind 127.0.0.1:3000`, `-b tcp://0.0.0.0:3000`. */
function portsOfOption(name: string, value: string): number[] {
  const words = wordsOf(name);
  if (isNotOwn(words)) return [];
  const own = address(value, words.some((word) => BIND_WORDS.test(word)) ? BOUND_ADDRESS : ADDRESS);
  if (name === '-p') return [...shortPort(value), ...own];
  if (words.at(-1) === 'port') return [...port(value), ...own];
  const isListened = words.some((word) => LISTEN_WORDS.test(word));
  return [...own, ...(isListened ? address(value, LISTEN_URL) : [])];
}

function shortPort(digits: string): number[] {
  return port(digits).filter((number) => number >= LEAST_SHORT_PORT);
}

/** `-Dserver.httpPort` → d server http port. */
function wordsOf(name: string): string[] {
  const separated = name.replace(/^-D/, '').replace(/([a-z])([A-Z])/g, '$1-$2');
  return separated
    .toLowerCase()
    .split(/[-_.]+/)
    .filter((word) => word !== '');
}

function address(text: string, pattern: RegExp): number[] {
  return port(pattern.exec(text)?.[1] ?? '');
}

function port(digits: string): number[] {
  const number = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  return number >= 1 && number <= 65535 ? [number] : [];
}
