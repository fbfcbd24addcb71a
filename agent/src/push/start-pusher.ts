/** The pusher as the configuration wants it. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLoopback, type AgentConfig } from '../config.ts';
import type { Instant } from '../contract.ts';
import type { HandedDown } from '../handed-down.ts';
import type { Log } from '../log.ts';
import { needed, StartError } from '../start-error.ts';
import { steadyMs } from '../steady-clock.ts';
import { Aggregator } from './aggregator.ts';
import { HostTokens } from './enrolment.ts';
import { readTokenFile } from './host-token.ts';
import { LastLook } from './last-look.ts';
import { Outbox } from './outbox.ts';
import { proxyFor } from './proxy.ts';
import { Pusher } from './pusher.ts';
import { Spool } from './spool.ts';

export interface Pushing {
  readonly startedAt: Date;
  readonly liveToken: string;
  readonly lookedUntil: Instant | null;
  readonly handedDown: HandedDown;
  readonly hasStateTrouble: () => boolean;
  readonly log: Log;
}

/** Machines started together come within this time, those beside their aggregator at once. */
const FIRST_WITHIN_MS = 5000;

/** Null without an aggregator. */
export function startPusher(config: AgentConfig, { startedAt, ...rest }: Pushing): Pusher | null {
  const { server, serverCaFile, enrollTokenFile, stateDir } = config;
  if (server === null) return null;
  if (enrollTokenFile !== null) needed('--enroll-token-file', () => readTokenFile(enrollTokenFile));
  const ca = serverCaFile === null ? null : needed('--server-ca-file', () => readAuthority(serverCaFile));
  const proxy = proxyOf(config, server);
  const { log } = rest;
  const tokenFile = config.tokenFile ?? join(stateDir, 'host-token');
  const agentStartedAt = startedAt.toISOString();
  const spool = new Spool({ folder: join(stateDir, 'spool'), agentStartedAt });
  const lastLook = new LastLook(lastLookFile(config));
  return new Pusher({
    ...rest,
    aggregator: new Aggregator({ url: server, ca, proxy }),
    tokens: new HostTokens({ server, tokenFile, enrollTokenFile, log }),
    outbox: new Outbox({ spool, lastLook, agentStartedAt, log }),
    now: () => new Date(),
    clockMs: steadyMs,
    random: Math.random,
    firstWithinMs: isLoopback(server.hostname) ? 0 : FIRST_WITHIN_MS,
  });
}

function readAuthority(file: string): string {
  const pem = readFileSync(file, 'utf8');
  try {
    new X509Certificate(pem);
  } catch {
    throw new Error(`expected certificates in PEM in ${file}`);
  }
  return pem;
}

function proxyOf({ proxy }: AgentConfig, server: URL): URL | null {
  try {
    return proxyFor(server, proxy, process.env);
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Where it is kept until when the agent looked. */
export const lastLookFile = ({ stateDir }: AgentConfig) => join(stateDir, 'last-look');
