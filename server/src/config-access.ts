import type { OptionValues } from './config-options.ts';
import { isLoopback } from './net/addresses.ts';

type AccessConfig = Pick<
  OptionValues,
  | 'listen'
  | 'publicUrl'
  | 'enrollTokenFile'
  | 'readTokenFile'
  | 'adminTokenFile'
  | 'trustedProxies'
  | 'authHeader'
  | 'groupHeader'
  | 'adminGroup'
  | 'tlsCertFile'
  | 'tlsKeyFile'
>;

export const TOKEN_FILES = [
  ['enroll-token-file', 'enrollTokenFile'],
  ['read-token-file', 'readTokenFile'],
  ['admin-token-file', 'adminTokenFile'],
] as const;

/** What does not go together of who may come in, and how. */
export function accessFaults(config: AccessConfig): readonly string[] {
  return [...exposureFaults(config), ...proxyFaults(config), ...tlsFaults(config)];
}

/** Where others than this machine's users can come in, all three tokens are needed. */
function exposureFaults(config: AccessConfig): readonly string[] {
  const reason = exposureOf(config);
  const missing = TOKEN_FILES.filter(([, name]) => config[name] === null).map(([flag]) => flag);
  if (reason === null || missing.length === 0) return [];
  const remedy = missing.map(
    (flag) => `openssl rand -hex 32 > ${flag.replace('-file', '')} and --${flag} ${flag.replace('-file', '')}`,
  );
  return [`${reason} lets others in, so tokens are required: ${remedy.join('; ')}`];
}

function exposureOf({ listen, publicUrl, trustedProxies }: AccessConfig): string | null {
  if (!isLoopback(listen.host)) return `--listen ${listen.host}`;
  if (publicUrl) return '--public-url';
  return trustedProxies.length > 0 ? '--trust-proxy' : null;
}

function proxyFaults({ trustedProxies, authHeader, groupHeader, adminGroup }: AccessConfig): readonly string[] {
  const isTrusting = trustedProxies.length > 0;
  const trustsAll = trustedProxies.some(({ prefix }) => prefix === 0);
  return [
    ...(authHeader !== null && !isTrusting
      ? ['--auth-header: expected --trust-proxy with the addresses of the proxies that may send it']
      : []),
    ...(authHeader !== null && trustsAll
      ? [
          '--auth-header: expected --trust-proxy with the addresses of proxies; of all addresses, anyone could be anyone',
        ]
      : []),
    ...(authHeader === null && (groupHeader !== null || adminGroup !== null)
      ? ['--group-header and --admin-group: expected --auth-header, the header that names the person']
      : []),
    ...((groupHeader === null) !== (adminGroup === null)
      ? ['--group-header and --admin-group: expected both or none of them']
      : []),
  ];
}

function tlsFaults({ tlsCertFile, tlsKeyFile }: AccessConfig): readonly string[] {
  const isHalf = (tlsCertFile === null) !== (tlsKeyFile === null);
  return isHalf ? ['--tls-cert-file and --tls-key-file: expected both or none of them'] : [];
}
