import type { Page } from 'playwright-core';

/** Bytes that came over the wire until the page stood, headers included. */
interface FirstLoad {
  /** HTML, CSS, JavaScript and pictures. */
  readonly files: number;
  readonly answers: number;
}

/** Opens an address in a page that knows nothing yet. */
export async function firstLoad(page: Page, address: string): Promise<FirstLoad> {
  const session = await page.context().newCDPSession(page);
  const urls = new Map<string, string>();
  const sizes = new Map<string, number>();
  session.on('Network.responseReceived', ({ requestId, response }) =>
    urls.set(requestId, new URL(response.url).pathname),
  );
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await session.send('Network.enable');
  await page.goto(address);
  await page.getByTestId('headline').waitFor();
  await page.waitForFunction('performance.getEntriesByType("resource").every((entry) => entry.responseEnd > 0)');
  const loaded = [...sizes].map(([id, bytes]) => ({ path: urls.get(id) ?? '', bytes }));
  const sumOf = (isCounted: (path: string) => boolean): number =>
    loaded.reduce((sum, { path, bytes }) => sum + (isCounted(path) ? bytes : 0), 0);
  return { files: sumOf((path) => !path.startsWith('/api/')), answers: sumOf((path) => path.startsWith('/api/')) };
}
