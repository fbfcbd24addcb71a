/**
 * What stays on a machine as long as it runs, as JSON. Most of a full snapshot is alike on very many machines: the text of
 * each program is made once, and only what differs is put in.
 */
import type { Holder } from '@portlight/agent/contract';
import { containerId, facts, instant, listenersOf, spaceOf, TICK_MS, type Machine } from './machine.ts';
import { mix, pick } from './numbers.ts';
import { application, EVERYWHERE, holderOf, ROLES, type Program } from './programs.ts';

/** A listener's JSON, and where it stands in a snapshot. */
export interface RowText {
  readonly isHostNamespace: boolean;
  readonly port: number;
  readonly json: string;
}

export interface SteadyTexts {
  readonly rows: readonly RowText[];
  /** JSON of the processes that hold them; all began with the boot. */
  readonly processes: readonly string[];
}

/** JSON of one program at one place among a machine's programs. */
interface ProgramText {
  readonly processes: readonly (readonly string[])[];
  /** Without its holders. */
  readonly rows: readonly RowText[];
}

const MARKS = /@started|@container/;
const START_TICKS = 2_000;
const FIRST_PID = 500;
const FIRST_INODE = 20_000;
/** Places for processes and sockets of a program. */
const ROOM = 16;

/** @param firstIndex of its processes in the body's list */
export function steadyTexts(machine: Machine, firstIndex: number): SteadyTexts {
  const [rows, processes]: [RowText[], string[]] = [[], []];
  const count = listenersOf(machine) - 1;
  const startedAt = instant(machine.bootedAt + START_TICKS * TICK_MS);
  const programs = [...EVERYWHERE, ...pick(ROLES, mix(machine.bits, 8))];
  for (let number = 0; rows.length < count; number += 1) {
    const program = programs[number] ?? application(number, mix(machine.bits, 20 + number));
    const text = textOf(machine, program, number);
    const first = firstIndex + processes.length;
    const holders = `,"holders":[${text.processes.map((_, at) => first + at).join(',')}]}`;
    for (const row of text.rows) rows.push({ ...row, json: row.json + holders });
    const container = program.isContained ? containerId(machine, number) : '';
    for (const [before = '', between = '', after = ''] of text.processes) {
      processes.push(before + startedAt + between + container + after);
    }
  }
  return { rows: rows.slice(0, count), processes };
}

const texts = new Map<string, ProgramText>();

function textOf(machine: Machine, program: Program, number: number): ProgramText {
  const key = `${number} ${program.programKey}`;
  const known = texts.get(key);
  if (known) return known;
  const text = makeText(machine, program, number);
  texts.set(key, text);
  return text;
}

function makeText(machine: Machine, program: Program, number: number): ProgramText {
  const space = spaceOf(machine, program.isContained ? String(4_026_532_000 + number) : machine.namespace);
  const rows = program.seats.map((seat, at) => {
    const inode = String(FIRST_INODE + number * ROOM + at);
    const json = JSON.stringify({ ...facts(seat, program), ...space, inode }).slice(0, -1);
    return { isHostNamespace: space.isHostNamespace, port: seat.port, json };
  });
  const processes = Array.from({ length: program.processes }, (_, at) => processText(program, number, at));
  return { rows, processes };
}

function processText(program: Program, number: number, at: number): readonly string[] {
  const firstPid = FIRST_PID + number * ROOM;
  const holder: Holder = holderOf(program, {
    startTicks: START_TICKS,
    startedAt: '@started',
    pid: firstPid + at,
    parentPid: at === 0 ? 1 : firstPid,
    container: program.isContained ? { id: '@container', runtime: 'docker', pod: null } : null,
  });
  return JSON.stringify(holder).split(MARKS);
}
