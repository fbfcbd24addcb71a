/**
 * Runs programs side by side and never leaves one behind: a signal, the end of one of them, or the death of the parent ends
 * all. A wrapper that is killed and leaves its children on their ports would be this product's own disease.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Programs get this long to end by themselves before they are killed. */
const GRACE_MS = 4000;

/**
 * The IPC channel is how a program learns that this process is gone even by SIGKILL: it gets `disconnect`.
 *
 * @param {{ command: string, args: readonly string[], cwd?: string, env?: NodeJS.ProcessEnv }} program
 */
const launch = ({ command, args, cwd, env }) =>
  spawn(command, args, {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });

/** Field 4 of /proc/PID/stat, behind the last ")" of the name; null when the process is gone. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** Who started this: the parent, and under npm, which puts a shell between, npm itself. */
const starters = () => [process.ppid, process.env.npm_lifecycle_event ? parentOf(process.ppid) : null].join();

/** npm 11 sends SIGTERM to its shell only, and nothing when it is killed: another parent than at the start is a signal, too. */
function onOrphaned(end) {
  const atStart = starters();
  const timer = setInterval(() => {
    if (starters() !== atStart) end();
  }, 250);
  timer.unref();
}

/**
 * Resolves with the exit code when all have ended: 0 after a signal, else that of the first one to end. A program that
 * `mayEnd` ends alone.
 *
 * @param {readonly { command: string, args: readonly string[], cwd?: string, env?: NodeJS.ProcessEnv, mayEnd?: boolean }[]} programs
 * @returns {Promise<number>}
 */
export function runTogether(programs) {
  return new Promise((resolve) => {
    const running = new Map(programs.map((program) => [launch(program), program]));
    let code = null;
    const endAll = (reason) => {
      if (code !== null) return;
      code = reason;
      for (const child of running.keys()) child.kill('SIGTERM');
      setTimeout(() => [...running.keys()].forEach((child) => child.kill('SIGKILL')), GRACE_MS).unref();
    };
    const ended = (child, exitCode) => {
      const mayEnd = running.get(child)?.mayEnd ?? false;
      running.delete(child);
      if (!mayEnd) endAll(exitCode);
      if (running.size === 0) resolve(code);
    };
    for (const child of running.keys()) {
      child.once('exit', (exitCode) => ended(child, exitCode ?? 1));
      child.once('error', (error) => {
        process.stderr.write(`portlight: ${child.spawnfile} did not start: ${error.message}\n`);
        ended(child, 1);
      });
    }
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => endAll(0));
    onOrphaned(() => endAll(0));
  });
}
