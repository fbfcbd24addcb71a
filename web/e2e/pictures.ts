import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Pictures for people to look at, wide and narrow, light and dark; only when PORTLIGHT_SCREENSHOTS names a folder. */
export async function takePictures(page: Page, name: string): Promise<void> {
  const folder = process.env.PORTLIGHT_SCREENSHOTS;
  if (folder === undefined || folder === '') return;
  for (const [device, width, height] of [
    ['d', 1440, 1000],
    ['m', 390, 844],
  ] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1440, height: 1000 });
  await page.emulateMedia({ colorScheme: 'light' });
}
