import { type Expectation, type Holder } from '../contract.ts';

/** Whether it says who must hold the place. */
export function hasSelectors({ unit, exe, user }: Expectation): boolean {
  return unit !== null || exe !== null || user !== null;
}

/** Whether a process is what the expectation wants its holder to be; without selectors any process is. */
export function meetsSelectors(holder: Holder, { unit, exe, user }: Expectation): boolean {
  const isUnit = unit === null || holder.unit === unit;
  const isUser = user === null || holder.user === user || String(holder.uid) === user;
  return isUnit && isUser && (exe === null || runs(holder, exe));
}

/** `python3` is a link to `python3.11` as a rule, and /proc/PID/exe has the file it leads to. */
const VERSION = /^[-.]?\d[\d.]*$/;

function runs({ executable, program }: Holder, exe: string): boolean {
  const run = exe.includes('/') ? executable : program;
  return run === exe || (run?.startsWith(exe) === true && VERSION.test(run.slice(exe.length)));
}

/** Whether an expectation without selectors can only mean this process: its unit is called so. */
export function isNamed({ unit }: Holder, name: string): boolean {
  return unit === `${name}.service`;
}
