/** Why the aggregator cannot be reached, as a sentence with the remedy where there is one. */

export interface Way {
  readonly url: URL;
  readonly hasOwnCa: boolean;
}

const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

export function connectTrouble(error: unknown, way: Way): string {
  if (error instanceof AggregateError) return error.errors.map((one) => connectTrouble(one, way)).join('; ');
  if (!(error instanceof Error)) return String(error);
  const { code = '' } = error as NodeJS.ErrnoException;
  const message = error.message === '' ? error.name : error.message;
  const remedy = remedyOf(code, way);
  return remedy === null ? message : `${remedy} (${message})`;
}

function remedyOf(code: string, { url, hasOwnCa }: Way): string | null {
  if (UNKNOWN_AUTHORITY.has(code)) {
    return hasOwnCa
      ? 'its certificate is not signed by the authority of --server-ca-file: give the PEM of the one that signed it'
      : 'its certificate is signed by an authority this machine does not know: give that one’s PEM by --server-ca-file';
  }
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `its certificate is not for ${url.hostname}: give --server with a name that the certificate has`;
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has expired: renew it there, or set this machine’s clock';
    case 'CERT_NOT_YET_VALID':
      return 'its certificate is not valid yet: set this machine’s clock';
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return `${url.host} does not speak TLS there: another port, or http:// in --server`;
    case 'ENOTFOUND':
      return `there is no address for the name ${url.hostname}`;
    default:
      return null;
  }
}
