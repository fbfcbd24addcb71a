/** Programs with an option of one letter, or a plain argument, that is a secret. */

/** The letters by the program's name. `-p` of others is a port as a rule. */
const LETTERS: readonly (readonly [RegExp, string])[] = [
  [/^(?:mysql|mariadb)(?!d(?:$|-safe|_safe))/, 'p'],
  [/^mongo(?!d$|s$)/, 'p'],
  [/^(?:sshpass|7z|7za|7zr|7zz)$/, 'p'],
  [/^redis-cli$/, 'a'],
  [/^(?:sqlcmd|bcp|osql|mosquitto_(?:pub|sub|rr)|zip|unzip|ipmitool)$/, 'P'],
  [/^ldap(?:search|modify|add|delete|passwd|whoami|compare|modrdn)$/, 'w'],
  [/^snmp(?:get|getnext|walk|bulkwalk|set|table|trap)$/, 'cAX'],
  [/^curl$/, 'b'],
  [/^ss-(?:server|local|redir|tunnel|manager)$/, 'k'],
  [/^(?:http|https|xh)$/, 'a'],
  [/^ab$/, 'AP'],
];
/** Cheap to ask of each word, and no other word can be one of those programs. */
const MAY_BE_ONE =
  /(?:^|\/)(?:mysql|mariadb|mongo|sshpass|7z|redis-cli|sqlcmd|bcp|osql|mosquitto|zip|unzip|ipmitool|ldap|snmp|curl|ss-|https?$|xh$|ab$)/;

/** What sshpass starts: -p is a port again. */
const STARTED = /(?:^|\/)(?:ssh|scp|sftp|rsync)$/;
/** `docker login -p SECRET`, while -p of `docker run` is a port. */
const LOGIN = /(?:^|\/)(?:docker|podman|buildah|nerdctl|skopeo|helm|oc|az)$/;
/** The argument after the next is a password: `rabbitmqctl change_password USER PASSWORD`. */
const USER_AND_PASSWORD = /^(?:change_password|add_user|authenticate_user)$/;
const ORACLE = /(?:^|\/)(?:sqlplus|rman|expdp|impdp|exp|imp)$/;
const FREE_RDP = /(?:^|\/)(?:[xws]l?freerdp3?)$/;

/** What is a secret at one place of a command line. */
export interface SecretPlace {
  /** Letters of options whose value is one. */
  readonly letters: string;
  /** The word itself is one. */
  readonly isSecret: boolean;
  /** A pattern whose first group stays and whose rest is one; null where there is none. */
  readonly after: RegExp | null;
}

/** For each word: programs may be started by others, as `sudo mysql` or `docker exec db mysql`. */
export function secretPlaces(words: readonly string[]): readonly SecretPlace[] {
  let letters = '';
  let after: RegExp | null = null;
  let mayLogin = false;
  return words.map((word, at) => {
    letters = STARTED.test(word) ? '' : (lettersOf(word) ?? letters);
    mayLogin ||= LOGIN.test(word);
    if (mayLogin && word === 'login') letters = 'p';
    const place = { letters, after, isSecret: USER_AND_PASSWORD.test(words[at - 2] ?? '') };
    if (ORACLE.test(word)) after = /^([\w$#"]+\/)[^@\s]+/;
    if (FREE_RDP.test(word)) after = /^(\/p:).+/s;
    return place;
  });
}

function lettersOf(word: string): string | undefined {
  if (!MAY_BE_ONE.test(word)) return undefined;
  const name = word.slice(word.lastIndexOf('/') + 1);
  return LETTERS.find(([pattern]) => pattern.test(name))?.[1];
}
