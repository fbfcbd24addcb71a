/**
 * Masks what looks like a secret in a command line, so that it never leaves the machine. Best effort by nature: it masks
 * too much rather than too little, and `--no-command-lines` is there for who needs certainty.
 */
import { secretPlaces, type SecretPlace } from './secret-flags.ts';

const MASK = '***';

/** An argument is cut here first. All repetitions below are bounded too: a hostile command line shall not cost seconds. */
const LONGEST_ARGUMENT = 8192;

/** Ends of names that speak of a secret and do not hold it: `auth-port`, `password-file`, `keyStore`. */
const NOT_ITSELF = 'port|file|path|dir|folder|store|type|ttl|timeout|size|length|bits|method|mode';
/** What makes a name one of a secret: `db-password`, `API_KEY`, `x.token`, `sig`. */
const SECRET = String.raw`(?:(?:pass|pwd|secret|token|key|credential|auth|cookie|signature)[\w.-]{0,64}(?<!${NOT_ITSELF})|(?<![a-z])(?:sig|pw|psk))`;
/** A file that holds one, or is told of: its name is none. */
const FILE = String.raw`/(?:[\w.@+-]{1,255}/){0,32}[\w.@+-]{1,255}\.(?:pem|key|crt|cer|der|jks|p12|pfx|keystore|json|ya?ml|conf|cfg|ini|toml|properties|pub|csv|env|txt)(?=$|[\s"',;])`;

/** Within an argument: everything from the value on is masked, as where a value ends is anybody's guess. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  // URL with a password: `scheme://user:password@host`, but not `scheme://host:port/path@x`.
  [/(:\/\/[^\s/:@]{0,256}:)(?!\d{1,5}(?:[/?#]|$))\S{0,1024}@/g, `$1${MASK}@`],
  // The same without a scheme, as in a MySQL DSN.
  [/^((?:-{1,2}\w{1,32}=)?[\w.-]+:)[^\s/@]+@/, `$1${MASK}@`],
  // URL with a token for a user: `https://3f9c…@host`.
  [/(:\/\/)[^\s/:@]{16,256}@/g, `$1${MASK}@`],
  [/(jdbc:oracle:\w{1,16}:[\w$#]{1,64}\/)[^@\s]{1,256}@/g, `$1${MASK}@`],
  // URLs that are a secret themselves: webhooks of Slack and Discord, Telegram's bots.
  [/(hooks\.slack\.com\/\w{1,16}\/)\S{1,256}/g, `$1${MASK}`],
  [/(\/api\/webhooks\/\d{1,32}\/)[\w-]{1,256}/g, `$1${MASK}`],
  [/(\/bot)\d{5,16}:[\w-]{20,64}/g, `$1${MASK}`],
  // `name=value`, `name: value`, `"name": "value"`.
  [new RegExp(String.raw`(${SECRET}["']?\s{0,8}[=:]\s{0,8})(?!\s|["']?${FILE})\S.*$`, 'is'), `$1${MASK}`],
  [/(\b(?:Bearer|Basic)\s{1,8})[\w.~+/=-]{6,}/g, `$1${MASK}`],
  // Hashed passwords, as htpasswd and crypt write them.
  [/\$(?:apr1|2[aby]|[56]|y|argon2\w{1,2})\$\S{8,256}/g, MASK],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*$/s, MASK],
  // A command line in one argument, as of `sh -c`.
  [new RegExp(String.raw`(\s--?[\w.-]{0,64}${SECRET}\s{1,8})(?![-\s]|["']?${FILE}).+$`, 'is'), `$1${MASK}`],
  // Tokens whose makers gave them a face: GitHub, GitLab, Slack, Stripe and OpenAI, AWS, Vault, SendGrid, JSON Web Tokens …
  [
    /(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|[sr]k[-_]|whsec_|A[KS]IA|eyJ|AIza|ya29\.|SG\.|hv[sbr]\.|shp[a-z]{2}_|dop_v1_|dckr_pat_|ATATT|pypi-Ag)[\w.-]{16,}/g,
    MASK,
  ],
  [/(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}/g, MASK],
];

const SECRET_OPTION = new RegExp(String.raw`^--?[\w.-]{0,64}${SECRET}$`, 'i');
/** `aws configure set aws_secret_access_key VALUE`. */
const SECRET_WORD = /^(?!change_)[a-z]\w{0,64}_(?:password|passwd|secret|key|token)$/i;
const FILE_VALUE = new RegExp(`^${FILE}$`, 'i');
const USER_OPTION = /^(?:-u|-U|--user|--proxy-user)$/;
/** `-ujoe:secret`, `--user=joe:secret`. */
const USER_ATTACHED = /^(-[uU]|--(?:proxy-)?user=)(?!.{0,256}:\/\/)(.{1,256})$/s;
const IDS = /^\d{1,10}:\d{1,10}$/;

/** @returns the same number of arguments */
export function maskSecrets(argv: readonly string[]): readonly string[] {
  const cut = argv.map((argument) => argument.slice(0, LONGEST_ARGUMENT));
  return maskWords(cut, (argument) => maskLine(maskText(argument)));
}

/** @param maskOther what is done with a word whose neighbours say nothing of it */
function maskWords(words: readonly string[], maskOther: (word: string) => string): string[] {
  const places = secretPlaces(words);
  return words.map((word, at) => {
    const place = places[at] ?? NOWHERE;
    const option = words[at - 1] ?? '';
    if (place.isSecret || isValueOf(option, word, place)) return MASK;
    return maskByPlace(option, word, place) ?? maskOther(word);
  });
}

const NOWHERE: SecretPlace = { letters: '', isSecret: false, after: null };

function isValueOf(option: string, argument: string, { letters }: SecretPlace): boolean {
  if (argument.startsWith('-') || argument === '') return false;
  if (SECRET_OPTION.test(option) || SECRET_WORD.test(option)) return !FILE_VALUE.test(argument);
  return isLetterOf(option, letters);
}

/** `-p` where p is among the letters. */
function isLetterOf(option: string, letters: string): boolean {
  return option.length === 2 && option.startsWith('-') && letters.includes(option.slice(1));
}

/** Null where the place tells nothing. */
function maskByPlace(option: string, word: string, { letters, after }: SecretPlace): string | null {
  const flag = word.slice(0, 2);
  if (word.length > 2 && isLetterOf(flag, letters)) return flag + MASK;
  if (letters === '' && isShortPassword(word)) return `-p${MASK}`;
  if (USER_OPTION.test(option)) return maskUser(word);
  const [, name, user] = USER_ATTACHED.exec(word) ?? [];
  if (name !== undefined && user !== undefined && maskUser(user) !== user) return name + maskUser(user);
  return after?.test(word) === true ? word.replace(after, `$1${MASK}`) : null;
}

/** `joe:secret`; `joe%secret` of Samba, `joe,secret` of lftp; `1000:1000` is a user and a group. */
function maskUser(user: string): string {
  return IDS.test(user) ? user : user.replace(/(:|^[^/]{0,256}?[%,]).*$/s, `$1${MASK}`);
}

function isNumber(text: string): boolean {
  return /^\d{1,5}$/.test(text);
}

/** `-pSECRET` of any program, which is no word: `-port` and `-p3000` are something else. */
function isShortPassword(argument: string): boolean {
  const value = /^-p(.+)$/s.exec(argument)?.[1];
  if (value === undefined || isNumber(value)) return false;
  return !/^[a-z]+(?:[-_.:][a-z]+)*(?:[=:].*)?$/s.test(value);
}

function maskText(argument: string): string {
  const masked = REPLACEMENTS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), argument);
  return masked.replace(/(=)([\w+/=.~-]{20,})/g, (whole, sign: string, value: string) =>
    isRandom(value) ? sign + MASK : whole,
  );
}

/** A command line in one argument, as of `sh -c`: its words are masked as arguments are. */
function maskLine(text: string): string {
  if (!/\s-|\s\/p:/.test(text)) return text;
  const parts = text.split(/(\s+)/);
  const words = parts.filter((_, at) => at % 2 === 0);
  const masked = maskWords(words, (word) => word);
  // What is quoted may have blanks in it: where its end is, is anybody's guess.
  const torn = masked.findIndex((word, at) => word !== words[at] && ((words[at] ?? '').split(/["']/).length & 1) === 0);
  const shown = torn === -1 ? masked : masked.slice(0, torn + 1);
  return shown.map((word, at) => (at === 0 ? word : `${parts[2 * at - 1] ?? ' '}${word}`)).join('');
}

/**
 * Letters and digits in disorder: a random string changes between small letters, capitals and digits at every second or
 * third character (hexadecimal ones too), a path, a name or a version hardly ever.
 */
function isRandom(value: string): boolean {
  const kinds = value
    .replace(/[a-z]/g, 'a')
    .replace(/[A-Z]/g, 'A')
    .replace(/\d/g, '0')
    .replace(/[^aA0]/g, '');
  const changes = kinds.match(/(?:aA|Aa|a0|0a|A0|0A)/g)?.length ?? 0;
  return kinds.includes('0') && changes * 5 > kinds.length;
}
