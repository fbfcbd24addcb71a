import type { AccessLimits, AccessReader, AccessWriter, RemovedAccess } from '../access-store.ts';
import { addAudit, countAudit, listAudit, removeAudit } from './audit.ts';
import { lockHosts } from './lock-hosts.ts';
import { removeHosts } from './remove-old.ts';
import type { Queries } from './rows.ts';
import {
  countHostTokens,
  endedTokensSince,
  endTokens,
  hostTokens,
  listHostTokens,
  removeEndedTokens,
  removeUnusedTokens,
  saveHostTokens,
} from './tokens.ts';

export function accessReader(queries: Queries): AccessReader {
  return {
    hostTokens: (hostIds) => hostTokens(queries, hostIds),
    listHostTokens: (query) => listHostTokens(queries, query),
    countHostTokens: (filter) => countHostTokens(queries, filter),
    endedTokensSince: (at) => endedTokensSince(queries, at),
    audit: (query) => listAudit(queries, query),
    countAudit: (filter) => countAudit(queries, filter),
  };
}

export function accessWriter(queries: Queries): AccessWriter {
  return {
    hostTokens: async (hostIds) => {
      await lockHosts(queries, hostIds);
      return await hostTokens(queries, hostIds);
    },
    saveHostTokens: (tokens) => saveHostTokens(queries, tokens),
    endTokens: (ended) => endTokens(queries, ended),
    addAudit: (records) => addAudit(queries, records),
    forgetHost: (hostId) => removeHosts(queries, [hostId]),
    removeOldAccess: (limits) => removeOldAccess(queries, limits),
  };
}

async function removeOldAccess(queries: Queries, limits: AccessLimits): Promise<RemovedAccess> {
  await removeEndedTokens(queries, limits.endedBefore);
  return {
    audit: await removeAudit(queries, limits.auditBefore, limits.atMost),
    unusedTokens: await removeUnusedTokens(queries, limits.hostsSeenBefore, limits.atMost),
  };
}
