import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NextFunction } from 'express';
import type { Answer, Asked } from '../http/exchange.ts';

const NOT_BUILT =
  '<!doctype html><title>Portlight</title><p>The pages are not built yet: run <code>npm run build</code>, then reload.';

const NO_CACHE = { 'Cache-Control': 'no-cache' };

/** Where `npm run build` puts the pages. */
export function pagesFolder(packageFolder: string): string {
  return join(packageFolder, '..', 'web', 'dist');
}

/** Built files carry a hash of their content in their name; only index.html changes under its name. */
export function cacheControl(path: string): string {
  return /[/\\]assets[/\\]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** Answers any page address with the one document of the pages; files and the API go on. */
export function pageHandler(folder: string): (request: Asked, response: Answer, next: NextFunction) => void {
  const document = 'index.html';
  return (request, response, next) => {
    if (!isPage(request)) next();
    else if (existsSync(join(folder, document)))
      response.sendFile(document, { root: folder, cacheControl: false, headers: NO_CACHE });
    else response.status(503).type('html').send(NOT_BUILT);
  };
}

/** Machines' names hold dots, so a page is told by who asks for it, not by its address. */
function isPage(request: Asked): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const isOther = /^\/(api|assets|healthz|readyz)(\/|$)/.test(request.path);
  return isRead && !isOther && request.accepts(['html', 'json']) === 'html';
}
