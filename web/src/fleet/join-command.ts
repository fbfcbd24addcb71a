/** What to type on a machine so that it joins the server at this origin. */
export function joinCommand(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  const isPlain = protocol === 'http:' && !isLoopback(hostname);
  return `portlight agent --server ${origin}${isPlain ? ' --allow-plain-http' : ''}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
