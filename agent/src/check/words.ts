import { type Holder, type Listener } from '../contract.ts';
import { timeText } from '../findings/words.ts';
import { printable } from '../proc/printable.ts';

export function nameOf({ program }: Holder): string {
  return printable(program, 64);
}

/** Those who may have to answer for a socket: PID 1 holds it only for the service it starts. Oldest first. */
export function servants({ holders }: Listener): readonly Holder[] {
  const others = holders.filter(({ pid }) => pid !== 1);
  return others.length > 0 ? others : holders;
}

const WHY_UNKNOWN = {
  denied: 'a process that may not be seen',
  vanished: 'a process that was gone when it was looked for',
  kernel: 'the kernel',
  'other-pid-namespace': 'a process of another pid namespace',
} as const;

/** `node (pid 4711)`, `nginx (pid 812 and 4 more)`, or what is known instead. */
export function holderText(listener: Listener): string {
  const [first, ...others] = servants(listener);
  if (first === undefined) return WHY_UNKNOWN[listener.holdersUnknown ?? 'denied'];
  const more = others.length + listener.holdersOmitted;
  return `${nameOf(first)} (pid ${first.pid}${more > 0 ? ` and ${more} more` : ''})`;
}

/** `node (pid 18231, started 17 Nov 02:11 UTC)`. */
export function startedText(holder: Holder): string {
  const started = holder.startedAt === null ? '' : `, started ${timeText(holder.startedAt)}`;
  return `${nameOf(holder)} (pid ${holder.pid}${started})`;
}

/** Who holds it, as evidence: `node (pid 18231, user web, web.service, started 17 Nov 02:11 UTC): node /srv/web/server.js`. */
export function factsText(holder: Holder): string {
  const { pid, user, uid, unit, container, startedAt, executableDeleted, commandLine } = holder;
  const facts = [
    `pid ${pid}`,
    user !== null || uid !== null ? `user ${user ?? String(uid)}` : null,
    container === null ? unit : `${container.runtime} ${container.id.slice(0, 12)}`,
    startedAt === null ? null : `started ${timeText(startedAt)}`,
    executableDeleted ? 'its program file was deleted or replaced since' : null,
  ].filter((fact) => fact !== null);
  const command = commandLine.length === 0 ? '' : `: ${printable(commandLine.join(' '), 200)}`;
  return `${nameOf(holder)} (${facts.map((fact) => printable(fact, 256)).join(', ')})${command}`;
}
