/** What is expected of the fleet: views of `/api/v1/expectations`. */
import type { FindingKind, Instant, Severity } from '@portlight/agent/contract';
import type { Stamped } from './stamped.ts';

/** A declared service as people write it. */
export interface ServiceDeclaration {
  readonly name: string;
  /** `127.0.0.1:3000`, `[::1]:3000`; any one of them is right. */
  readonly places: readonly string[];
  /** Unit its holder must run in; left out: any. */
  readonly unit?: string;
  /** Path, or name without `/`, of the executable its holder must run; left out: any. */
  readonly exe?: string;
  /** User its holder must run as, by name or uid; left out: any. */
  readonly user?: string;
  /** Names of machines, `*` stands for any characters; left out: all. */
  readonly hosts?: readonly string[];
  /** Labels a machine must have, all of them. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** One file, fit for git: what `?format=file` gives and PUT takes. */
export interface ExpectationsDocument {
  readonly format: 1;
  readonly services: readonly ServiceDeclaration[];
}

/** Where a program is on most machines of the fleet. */
export interface LearnedFleetHome {
  readonly programKey: string;
  /** For people: `node`. */
  readonly program: string;
  readonly address: string;
  readonly port: number;
  readonly machines: number;
  readonly of: number;
  /** `192 of 200` */
  readonly support: string;
  readonly since: Instant;
}

/** What is declared for the fleet, and what was learned of it. */
export interface ExpectationsView extends Stamped, ExpectationsDocument {
  readonly revision: number;
  /** Null: nothing was ever declared. */
  readonly changedAt: Instant | null;
  readonly changedBy: string | null;
  readonly learned: readonly LearnedFleetHome[];
  readonly learnedOmitted: number;
}

export interface ExpectationsRevision {
  readonly revision: number;
  readonly at: Instant;
  /** Name of the token; `local` without tokens. */
  readonly by: string;
  readonly services: number;
}

/** What would be found of the machines as they are stored now, were this in force. */
export interface ExpectationsPreview extends Stamped {
  /** How many machines each service is for. */
  readonly services: readonly { readonly name: string; readonly machines: number }[];
  /** Troubles that would open, grouped as findings are; 50 at most. */
  readonly opens: readonly {
    readonly kind: FindingKind;
    readonly severity: Severity;
    readonly title: string;
    readonly machines: number;
    readonly hosts: readonly string[];
  }[];
  readonly opensOmitted: number;
  /** Troubles that are open and would close. */
  readonly closes: readonly { readonly kind: FindingKind; readonly title: string; readonly machines: number }[];
  /** Of `machines`, the ones that were looked at. */
  readonly checked: number;
  readonly machines: number;
}

/** Body of POST /api/v1/expectations/pin: where the program of a finding is now becomes what is expected. */
export interface ExpectationPin {
  /** Id of the finding or of its group. */
  readonly finding: string;
  /** For that machine, for its group of machines, or for all. */
  readonly scope: 'host' | 'group' | 'fleet';
  /** Of the service; left out: made from the finding. */
  readonly name?: string;
}

/** What a pin would declare, and what that would open and close; nothing is stored. */
export interface PinPreview extends ExpectationsPreview {
  /** As it would be declared; null: it is declared so already. */
  readonly service: ServiceDeclaration | null;
}
