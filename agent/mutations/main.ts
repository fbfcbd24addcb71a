/**
 * Takes each condition of the rules away in turn: some test has to fail, else nothing proves the condition.
 * `npm run mutations -w agent [-- WORDS]` tries those whose rule or words have it in them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONDITIONS, fileOf, withoutIt, type Condition } from './conditions.ts';

const HOOK = fileURLToPath(new URL('hook.ts', import.meta.url));
const FINDINGS = fileURLToPath(new URL('../src/findings', import.meta.url));

/** Tests of the rule first: most often they tell. */
function testsOf({ rule }: Condition): readonly (readonly string[])[] {
  const all = findingTests();
  const own = all.filter((path) => basename(path).startsWith(rule));
  return [own, all.filter((path) => !own.includes(path))];
}

function findingTests(): readonly string[] {
  return readdirSync(FINDINGS)
    .filter((name) => name.endsWith('.test.ts') && !name.includes('property'))
    .map((name) => join(FINDINGS, name));
}

async function failsWithout(condition: Condition): Promise<boolean> {
  // What cannot even be loaded would make any test fail.
  if ((await exitCode(condition, ['--input-type=module', '--eval', `await import('${FINDINGS}/judgement.ts')`])) !== 0)
    throw new Error(`${condition.rule}: ${condition.never}: does not run without it`);
  for (const tests of testsOf(condition)) {
    if (tests.length > 0 && (await exitCode(condition, [...TEST, ...tests])) !== 0) return true;
  }
  return false;
}

const TEST = ['--test', '--test-isolation=none', '--test-reporter=dot'];

async function exitCode(condition: Condition, options: readonly string[]): Promise<number> {
  const env = { ...process.env, PORTLIGHT_CONDITION: String(CONDITIONS.indexOf(condition)) };
  const child = spawn(process.execPath, ['--import', HOOK, ...options], { env, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** Nothing is proven by tests that fail anyway. */
async function passWithAll(): Promise<boolean> {
  const child = spawn(process.execPath, [...TEST, ...findingTests()], { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

const words = process.argv.slice(2);
const chosen = CONDITIONS.filter(({ rule, never }) => words.every((word) => `${rule} ${never}`.includes(word)));
for (const condition of chosen) withoutIt(condition, readFileSync(fileOf(condition), 'utf8'));

if (!(await passWithAll())) throw new Error('tests of findings fail with every condition in place: see npm test');

const waiting = [...chosen];
const unproven: Condition[] = [];
async function lane(): Promise<void> {
  for (let condition = waiting.shift(); condition !== undefined; condition = waiting.shift()) {
    const isProven = await failsWithout(condition);
    if (!isProven) unproven.push(condition);
    if (!isProven || process.stdout.isTTY)
      process.stdout.write(`${isProven ? 'proven  ' : 'UNPROVEN'}  ${condition.rule}: ${condition.never}\n`);
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, lane));
process.stdout.write(`${chosen.length - unproven.length} of ${chosen.length} conditions are proven by a test\n`);
process.exitCode = unproven.length === 0 && chosen.length > 0 ? 0 : 1;
