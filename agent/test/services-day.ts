/** A web server of the system: what the tests of declared and learned homes begin with. */
import type { Holder } from '../src/contract.ts';
import type { Actor } from './day.ts';

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 24 * HOUR;

export const inUnit = (unit: string): Partial<Holder> => ({ unit, scope: 'system' });
export const web = (changes: Partial<Actor> = {}): Actor => ({
  pid: 100,
  from: 0,
  ports: [3000],
  is: inUnit('web.service'),
  ...changes,
});
export const java = {
  ...inUnit('java.service'),
  program: 'java',
  executable: '/usr/bin/java',
  programKey: 'java /srv/app.jar',
} as const;

/** Something unrelated that is always there, so that the machine has a network namespace. */
export const SSHD: Actor = {
  pid: 9,
  from: 0,
  ports: [['0.0.0.0', 22]],
  is: { ...inUnit('ssh.service'), program: 'sshd', programKey: 'sshd /usr/sbin/sshd' },
};
