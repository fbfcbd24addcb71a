import { Lifeline, nameOf } from './lifeline.ts';
import { startOffspring } from './offspring.ts';

/**
 * Starts web with the arguments it was given, stops it at SIGUSR2 as a debugger or Ctrl-Z does, and lets it go on at SIGHUP. A
 * stopped process sees nothing, not even the end of the simulator: its keeper ends it then.
 */
const lifeline = new Lifeline(() => {
  web.kill('SIGKILL');
  process.exit();
});
const name = nameOf('web', 1);
const port = Number(process.env.PORT);
const web = startOffspring(lifeline, { name, script: 'web.ts', port, args: process.argv.slice(2) });
process.on('SIGUSR2', () => {
  web.kill('SIGSTOP');
  lifeline.report('blocked', { server: name, pid: web.pid ?? 0, port, note: 'SIGSTOP' });
});
process.on('SIGHUP', () => web.kill('SIGCONT'));
