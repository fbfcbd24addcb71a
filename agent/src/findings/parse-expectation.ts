import { isIP, SocketAddress } from 'node:net';
import { type Expectation, type Place } from '../contract.ts';
import { fault, type Parsed, value } from '../options.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;
/** As in the commands people are given; FINDINGS.md, “Steps are safe”. */
const UNIT = /^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,254}$/;

/** `NAME=ADDRESS:PORT[|ADDRESS:PORT…][,unit=…][,exe=…][,user=…]`, the value of `--expect`. */
export function parseExpectation(text: string): Parsed<Expectation> {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  if (at === -1) return fault('NAME=ADDRESS:PORT such as web=127.0.0.1:3000');
  const named = parseServiceName(name);
  if (named.kind === 'fault') return fault(`before the = ${named.expected}`);
  const [places = '', ...selectors] = text.slice(at + 1).split(',');
  const parsed = places.split('|').map(parsePlace);
  const misplaced = parsed.find((one) => one.kind === 'fault');
  if (misplaced) return misplaced;
  const selected = parseSelectors(selectors);
  if (selected.kind === 'fault') return selected;
  return value({
    name,
    places: parsed.flatMap((one) => (one.kind === 'value' ? [one.value] : [])),
    ...selected.value,
  });
}

export function parseServiceName(text: string): Parsed<string> {
  return NAME.test(text)
    ? value(text)
    : fault('a name of 1 to 63 letters, digits, “_”, “.” or “-”, a letter or digit first');
}

/** `127.0.0.1:3000`, `[::1]:3000`; the address in the form the kernel's tables are shown in. */
export function parsePlace(text: string): Parsed<Place> {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]*)\]|(.*)):([^:]*)$/s.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return fault('ADDRESS:PORT such as 127.0.0.1:3000 or [::1]:3000');
  const address = parseAddress(host, bracketed !== undefined);
  if (address.kind === 'fault') return address;
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  return port >= 1 && port <= 65535
    ? value({ address: address.value, port })
    : fault('a port from 1 to 65535 after the address');
}

function parseAddress(host: string, isBracketed: boolean): Parsed<string> {
  const version = host.includes('%') ? 0 : isIP(host);
  if (version === 6 && !isBracketed) return fault(`an IPv6 address in brackets: [${host}]:PORT`);
  if (version === 4 && isBracketed) return fault('brackets around IPv6 addresses only');
  if (version === 0) {
    const every = host === '' || host === '*' ? '; 0.0.0.0 or [::] is every interface' : '';
    return fault(`an address such as 127.0.0.1 or [::1] and no name${every}`);
  }
  return value(new SocketAddress({ address: host, family: version === 4 ? 'ipv4' : 'ipv6' }).address);
}

type Selectors = Pick<Expectation, 'unit' | 'exe' | 'user'>;

/** What a holder must be, as it stands after `unit=` and so on. */
export const SELECTORS: { readonly [K in keyof Selectors]: (text: string) => Parsed<string> } = {
  unit: (text) =>
    UNIT.test(text)
      ? value(text.includes('.') ? text : `${text}.service`)
      : fault('a unit such as web.service after unit='),
  exe: (text) =>
    /^(?:\/.*[^/]|[^/]+)$/s.test(text) ? value(text) : fault('an absolute path, or a name without “/”, after exe='),
  user: (text) => (/^[^\s:]{1,256}$/.test(text) ? value(text) : fault('a user’s name or uid after user=')),
};

function parseSelectors(texts: readonly string[]): Parsed<Selectors> {
  let selected: Selectors = { unit: null, exe: null, user: null };
  for (const text of texts) {
    const key = keyOf(text);
    if (key === null) return fault('only unit=, exe= and user= after the places, with commas between them');
    if (selected[key] !== null) return fault(`${key}= once`);
    const parsed = SELECTORS[key](text.slice(key.length + 1));
    if (parsed.kind === 'fault') return parsed;
    selected = { ...selected, [key]: parsed.value };
  }
  return value(selected);
}

function keyOf(text: string): keyof Selectors | null {
  return (['unit', 'exe', 'user'] as const).find((key) => text.startsWith(`${key}=`)) ?? null;
}

/** Names that were given twice, as faults. */
export function repeatedNames(expectations: readonly Expectation[]): string[] {
  const names = expectations.map(({ name }) => name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => `--expect ${name}=…: expected each name once; alternatives are ${name}=A:1|B:2`);
}
