import { setTimeout as sleep } from 'node:timers/promises';
import { reportOf, reportText, type CheckReport } from '../check/report.ts';
import { byWorst, exitCodeOf } from '../check/verdict.ts';
import { CHECK_OPTIONS, readCheckConfig, type CheckConfig } from '../config.ts';
import { optionsHelp } from '../options.ts';
import { VERSION } from '../version.ts';
import { createCheckLook } from './check-look.ts';
import { EXIT, faultsShown, type Terminal } from './terminal.ts';

const HELP = `portlight check: is the service where it belongs; is the port free

Usage: portlight check --expect web=127.0.0.1:3000 [--newer-than PID|TIME] [--wait 20s] [--json]
       portlight check --free 127.0.0.1:3000 [--wait 20s] [--json]

${optionsHelp(CHECK_OPTIONS)}

For deploys, ExecStartPre= and monitoring; of TCP. The first line is the verdict, then evidence and what to type; with several
--expect and --free one line each, the worst first.

  --expect 'web=127.0.0.1:3000|127.0.0.1:3100,unit=web.service,exe=node,user=web'
      Critical when no server is on any of its places, when another program than declared is, when its holder is not
      newer than --newer-than says, or when there is a critical finding about it. exe= is a name, or a path as
      /proc/PID/exe has it, links resolved.
  --newer-than "$(date -Is)"
      The time before a restart. A pid does as well while that process still runs; once it is gone, its start is not
      always known, and the verdict may be UNKNOWN.
  --free 127.0.0.1:3000
      Critical when a listener, or an outgoing connection with that local port, would keep a server from listening there,
      even one that sets SO_REUSEADDR. A socket that is bound and does not listen cannot be seen.

It looks for itself. If an agent of root, portlight or the caller listens at 127.0.0.1:9620 (PORTLIGHT_AGENT_LISTEN), what
that one knows from before counts, too.

Exit code: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (could not see enough, or bad arguments)
`;

const EVERY_MS = 250;
const UNKNOWN = exitCodeOf('UNKNOWN');

/** Looks until all is well or the time is over. */
async function check(config: CheckConfig, terminal: Terminal): Promise<CheckReport> {
  const endsAt = performance.now() + config.wait;
  const look = createCheckLook(config, terminal.env);
  for (;;) {
    const report = reportOf(await look(), new Date());
    const leftMs = endsAt - performance.now();
    if (report.status === 'OK' || leftMs <= 0) return report;
    const [worst] = report.verdicts.toSorted(byWorst);
    terminal.progress(`${Math.ceil(leftMs / 1000)} s left: ${worst?.status ?? ''}: ${worst?.subject ?? ''}`);
    await sleep(Math.min(EVERY_MS, leftMs));
  }
}

async function checkAndTell(config: CheckConfig, terminal: Terminal): Promise<number> {
  const report = await check(config, terminal);
  terminal.progress('');
  terminal.out(config.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  return report.exitCode;
}

export async function checkCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const invocation = readCheckConfig(args, terminal.env);
  if (invocation.kind === 'help') return (terminal.out(HELP), EXIT.ok);
  if (invocation.kind === 'version') return (terminal.out(`portlight ${VERSION}\n`), EXIT.ok);
  if (invocation.kind === 'faults') return (faultsShown(terminal, 'portlight check', invocation.faults), UNKNOWN);
  try {
    return await checkAndTell(invocation.values, terminal);
  } catch (error) {
    // Node would end with 1, which is WARNING.
    terminal.out(`UNKNOWN: portlight check failed: ${error instanceof Error ? error.message : String(error)}\n`);
    terminal.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return UNKNOWN;
  }
}
