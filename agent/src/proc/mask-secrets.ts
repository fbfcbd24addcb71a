/**
 * Masks what looks like a secret in a command line, so that it never leaves the machine. Best effort by nature: it masks
 * too much rather than too little, and `--no-command-lines` is there for who needs certainty.
 */
const MASK = '***';

/** An argument is cut here first. All repetitions below are bounded too: a hostile command line shall not cost seconds. */
const LONGEST_ARGUMENT = 8192;

/** What makes a name one of a secret: `db-password`, `API_KEY`, `x.token`, but not `auth-port`. */
const SECRET = String.raw`(?:pass|pwd|secret|token|key|credential|auth|cookie)[\w.-]{0,64}(?<!port)`;

/** Within an argument: everything from the value on is masked, as where a value ends is anybody's guess. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  // URL with a password: `scheme://user:password@host`, but not `scheme://host:port/path@x`.
  [/(:\/\/[^\s/:@]{0,256}:)(?!\d{1,5}(?:[/?#]|$))\S{0,1024}@/g, `$1${MASK}@`],
  // The same without a scheme, as in a MySQL DSN.
  [/^([\w.-]+:)[^\s/@]+@/, `$1${MASK}@`],
  // URL with a token for a user: `https://3f9c…@host`.
  [/(:\/\/)[^\s/:@]{16,256}@/g, `$1${MASK}@`],
  // `name=value`, `name: value`, `"name": "value"`.
  [new RegExp(String.raw`(${SECRET}["']?\s{0,8}[=:]\s{0,8})\S.*$`, 'is'), `$1${MASK}`],
  // A command line in one argument, as of `sh -c`.
  [new RegExp(String.raw`(\s--?[\w.-]{0,64}${SECRET}\s{1,8})(?![-\s]).+$`, 'is'), `$1${MASK}`],
  // Tokens whose makers gave them a face: GitHub, GitLab, Slack, Stripe and OpenAI, AWS, JSON Web Tokens.
  [/(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|sk[-_]|AKIA|eyJ)[\w.-]{16,}/g, MASK],
];

const SECRET_OPTION = new RegExp(String.raw`^--?[\w.-]{0,64}${SECRET}$`, 'i');
const USER_OPTION = /^(?:-u|-U|--user|--proxy-user)$/;
/** Programs whose `-p` is a password; of others only what is no word: `-port` and `-p3000` are something else. */
const PASSWORD_P = /^(?:mysql|mariadb|sshpass)/;

/** @returns the same number of arguments */
export function maskSecrets(argv: readonly string[]): readonly string[] {
  const takesPassword = PASSWORD_P.test(nameOf(argv[0] ?? ''));
  const cut = argv.map((argument) => argument.slice(0, LONGEST_ARGUMENT));
  return cut.map((argument, at) => {
    const option = cut[at - 1] ?? '';
    return isValueOf(option, argument, takesPassword) ? MASK : maskArgument(option, argument, takesPassword);
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isValueOf(option: string, argument: string, takesPassword: boolean): boolean {
  if (argument.startsWith('-') || argument === '') return false;
  if (SECRET_OPTION.test(option)) return true;
  return takesPassword && option === '-p' && !isNumber(argument);
}

function isNumber(text: string): boolean {
  return /^\d{1,5}$/.test(text);
}

function maskArgument(option: string, argument: string, takesPassword: boolean): string {
  if (isShortPassword(argument, takesPassword)) return `-p${MASK}`;
  if (USER_OPTION.test(option)) return argument.replace(/:.*$/s, `:${MASK}`);
  const masked = REPLACEMENTS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), argument);
  return masked.replace(/(=)([\w+/=.~-]{20,})/g, (whole, sign: string, value: string) =>
    isRandom(value) ? sign + MASK : whole,
  );
}

/** `-pSECRET`. */
function isShortPassword(argument: string, takesPassword: boolean): boolean {
  const value = /^-p(.+)$/s.exec(argument)?.[1];
  if (value === undefined || isNumber(value)) return false;
  return takesPassword || !/^[a-z]+(?:[-_.:][a-z]+)*(?:[=:].*)?$/s.test(value);
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
