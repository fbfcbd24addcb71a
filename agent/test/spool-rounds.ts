/** Rounds of `kill -9` of an agent with a full spool: a line each and a JSON line. `npm run spool-rounds -w agent -- 10` */
import { playRound, type Round } from './spool-round.ts';

const ROUNDS = Number(process.argv[2] ?? 10);
/** The spool holds 16 MiB; what is more is dropped. */
const FULL = 16 * 1024 * 1024 - 512 * 1024;

const rounds: Round[] = [];
for (let number = 1; number <= ROUNDS; number += 1) {
  const round = await playRound({
    fillBytes: FULL,
    listeners: 400,
    isTorn: number % 3 === 0,
    isKilledTwice: number % 2 === 0,
    random: Math.random,
  });
  rounds.push(round);
  const { spooledBytes, spooled, dropped, delivered, repeated, lookBeforeKillMs, gapMs, recoveryMs } = round;
  const mib = (spooledBytes / 2 ** 20).toFixed(1);
  process.stdout.write(
    `round ${number}: ${mib} MiB, ${spooled} events spooled, ${dropped} dropped before, ${delivered} delivered once and in ` +
      `order (${repeated} repeated on the wire) in ${recoveryMs} ms; last look ${lookBeforeKillMs} ms before the kill, gap ${gapMs} ms\n`,
  );
}
process.stdout.write(`${JSON.stringify(rounds)}\n`);
