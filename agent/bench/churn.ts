/** What an agent costs beside a thousand ports opened and closed a second: a row each ten seconds. `node bench/churn.ts 180` */
import { setTimeout as sleep } from 'node:timers/promises';
import { churnedAgent } from '../test/churned-agent.ts';

const SECONDS = Number(process.argv[2] ?? 180);
const EACH = 10;

const HEAD = ['seconds', 'opened', 'scans', 'pace ms', 'core %', 'RSS MB', 'dropped'];
const line = (cells: readonly string[]) => `${cells.map((cell) => cell.padStart(9)).join('')}\n`;

const churned = await churnedAgent();
try {
  process.stdout.write(line(HEAD));
  let before = await churned.cost();
  for (let second = EACH; second <= SECONDS; second += EACH) {
    await sleep(EACH * 1000);
    const { agent } = await churned.snapshot();
    const { dropped } = await churned.happenings();
    const percent = ((agent.cost.cpuSeconds - before.cpuSeconds) / EACH) * 100;
    before = agent.cost;
    const { opened } = churned.churn();
    const figures = [second, opened, agent.cost.scans, agent.scanEveryMs, percent.toFixed(1)];
    process.stdout.write(line([...figures, (agent.cost.residentBytes / 2 ** 20).toFixed(0), dropped].map(String)));
  }
  process.stderr.write(churned.log());
} finally {
  await churned.end();
}
