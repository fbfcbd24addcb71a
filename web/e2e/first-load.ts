import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** Bytes that came over the wire until the page stood, headers included. */
interface FirstLoad {
  /** HTML, CSS, JavaScript and pictures. */
  readonly files: number;
  readonly answers: number;
}

const STREAM = '/api/v1/stream';

/** Opens an address in a page that knows nothing yet; `isShown` waits for what the page shows last. */
export async function firstLoad(page: Page, address: string, isShown: () => Promise<void>): Promise<FirstLoad> {
  const session = await page.context().newCDPSession(page);
  const paths = new Map<string, string>();
  const sizes = new Map<string, number>();
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    paths.set(requestId, new URL(request.url).pathname);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    sizes.set(requestId, encodedDataLength);
  });
  await session.send('Network.enable');
  await page.goto(address);
  await isShown();
  const areUnderWay = (): boolean => [...paths].some(([id, path]) => path !== STREAM && !sizes.has(id));
  for (let tries = 0; areUnderWay() && tries < 500; tries += 1) await pause(20);
  const sumOf = (isCounted: (path: string) => boolean): number =>
    [...sizes].reduce((sum, [id, bytes]) => sum + (isCounted(paths.get(id) ?? '') ? bytes : 0), 0);
  return { files: sumOf((path) => !path.startsWith('/api/')), answers: sumOf((path) => path.startsWith('/api/')) };
}
