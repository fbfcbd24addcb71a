import type { Instant, Place } from '@portlight/agent/contract';
import type { ExpectationsDocument } from '../views.ts';

/** What may be asked of expectations and learned homes; each answer is one committed state. Times are milliseconds since 1970. */
export interface ExpectationReader {
  /** The newest one, or that revision; null when there is none. */
  expectations(revision?: number): Promise<KeptExpectations | null>;
  /** Newest first, those before that revision. */
  expectationRevisions(before: number | null, limit: number): Promise<readonly KeptRevision[]>;
  countExpectationRevisions(): Promise<number>;
  /** By program key, then port, then address. */
  fleetHomes(): Promise<readonly KeptFleetHome[]>;
  /** Counts up whenever what machines are to be handed may have changed. */
  handedRevision(): Promise<number>;
  /** What was seen of one machine's programs. */
  sightings(hostId: string): Promise<readonly Sighting[]>;
  /** Machines after that id, by id. */
  hostIdsAfter(id: string, limit: number): Promise<readonly string[]>;
  /** Programs seen on machines after that key, by key. */
  sightedProgramsAfter(programKey: string, limit: number): Promise<readonly string[]>;
  /** On how many machines a program is where, as last seen at `seenSince` or later. */
  placesOf(programKey: string, times: SightingTimes): Promise<ProgramPlaces>;
}

/** What may be changed of them, within a transaction. */
export interface ExpectationWriter {
  expectations(): Promise<KeptExpectations | null>;
  /** As the next revision, which it answers; the newest 1,000 are kept. */
  addExpectations(added: Omit<KeptExpectations, 'revision'>): Promise<number>;
  /** In place of what was seen of that machine before. */
  saveSightings(hostId: string, sightings: readonly Sighting[]): Promise<void>;
  /** In place of that program's homes. */
  saveFleetHomes(programKey: string, homes: readonly KeptFleetHome[]): Promise<void>;
  /** What is handed to machines may be another now. */
  bumpHandedRevision(): Promise<void>;
  /** Gives a task to `holder` until that time; null when another one has it, else where the task stood. */
  takeLease(name: string, lease: Lease): Promise<LeasedTask | null>;
  /** Gives it back. */
  endLease(name: string, cursor: string): Promise<void>;
  removeOldSightings(seenBefore: number, atMost: number): Promise<void>;
}

export interface KeptExpectations {
  /** Counts up from 1. */
  readonly revision: number;
  /** By the server's clock. */
  readonly at: number;
  /** Name of the token it was stored with. */
  readonly by: string;
  readonly document: ExpectationsDocument;
}

export interface KeptRevision {
  readonly revision: number;
  readonly at: Instant;
  readonly by: string;
  readonly services: number;
}

/** A program at a place on one machine. */
export interface Sighting extends Place {
  readonly programKey: string;
  /** For people. */
  readonly program: string;
  /** Since when it has been there with nobody else on the fleet's home of it; 0: declared to be there. */
  readonly steadySince: number;
  /** When it was there last without an open finding, to a day. */
  readonly seenAt: number;
}

/** What counts in {@link ExpectationReader.placesOf}. */
export interface SightingTimes {
  readonly seenSince: number;
  /** Later ones are episodes, and do not speak for a place. */
  readonly heldSince: number;
  /** Places held since then may follow a home. */
  readonly steadySince: number;
}

/** Where a program is, over all machines. */
export interface ProgramPlaces {
  readonly programKey: string;
  readonly program: string;
  /** Machines that run it. */
  readonly machines: number;
  readonly places: readonly CountedPlace[];
}

export interface CountedPlace extends Place {
  /** Machines on which it is there for long enough. */
  readonly machines: number;
  /** Of those, the ones on which it is steady. */
  readonly steady: number;
}

/** Where a program belongs, as most machines have it. */
export interface KeptFleetHome extends Place {
  readonly programKey: string;
  readonly program: string;
  /** Machines that have it there. */
  readonly machines: number;
  /** Machines that run it. */
  readonly of: number;
  /** When it was learned. */
  readonly since: number;
}

export interface Lease {
  readonly holder: string;
  readonly now: number;
  readonly until: number;
}

export interface LeasedTask {
  /** As it was given back last; empty at first. */
  readonly cursor: string;
}
