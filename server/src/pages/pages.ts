import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { NextFunction } from 'express';
import { codingFor, type Coding } from '../http/coding.ts';
import type { Handler } from '../http/entrance.ts';
import type { Answer, Asked } from '../http/exchange.ts';

const NOT_BUILT =
  '<!doctype html><title>Portlight</title><p>The pages are not built yet: run <code>npm run build</code>, then reload.';

const DOCUMENT = 'index.html';
/** Built files have no folders below `assets` and always one of these endings. */
const FILE = /^\/((?:assets\/)?[\w-][\w.-]*\.(?:js|css|html|svg))$/;
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** The build compresses once and better than there is time for at each request. */
const ENDINGS: Readonly<Record<Coding, string>> = { br: '.br', gzip: '.gz' };

/** Where `npm run build` puts the pages. */
export function pagesFolder(packageFolder: string): string {
  return join(packageFolder, '..', 'web', 'dist');
}

/**
 * Answers with the files of the pages, compressed where the build left them so, and at any page address with their one
 * document; all else goes on.
 */
export function pageHandler(folder: string): Handler {
  return (request, response, next) => {
    const name = askedFor(request);
    const file = name === null ? null : builtFile(folder, name, codingFor(request));
    if (file) sendFile(response, next, file);
    else if (isPage(request)) sendDocument(folder, request, response, next);
    else next();
  };
}

/** Name of a file of the pages; null when none is asked for. */
function askedFor(request: Asked): string | null {
  return (isRead(request) ? FILE.exec(request.path)?.[1] : undefined) ?? null;
}

function sendDocument(folder: string, request: Asked, response: Answer, next: NextFunction): void {
  const document = builtFile(folder, DOCUMENT, codingFor(request));
  if (document) sendFile(response, next, document);
  else response.status(503).type('html').send(NOT_BUILT);
}

/** Machines' names hold dots, so a page is told by who asks for it, not by its address. */
function isPage(request: Asked): boolean {
  const isOther = /^\/(api|assets|healthz|readyz)(\/|$)/.test(request.path);
  return isRead(request) && !isOther && request.accepts(['html', 'json']) === 'html';
}

function isRead({ method }: Asked): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** One of the forms in which the build left a file. */
interface BuiltFile {
  readonly folder: string;
  /** As it is asked for. */
  readonly name: string;
  /** As it lies in the folder. */
  readonly path: string;
  readonly coding: Coding | null;
  /** Of these bytes, so that each coding has its own. */
  readonly etag: string;
}

/** In the coding the client takes, if the build made it; null: there is no such file. */
function builtFile(folder: string, name: string, coding: Coding | null): BuiltFile | null {
  const path = coding ? name + ENDINGS[coding] : name;
  const facts = statSync(join(folder, path), { throwIfNoEntry: false });
  if (!facts && coding) return builtFile(folder, name, null);
  if (!facts?.isFile()) return null;
  const etag = `W/"${facts.size.toString(16)}-${Math.floor(facts.mtimeMs).toString(16)}"`;
  return { folder, name, path, coding, etag };
}

function sendFile(response: Answer, next: NextFunction, { folder, name, path, coding, etag }: BuiltFile): void {
  response.vary('Accept-Encoding');
  const headers = {
    'Content-Type': mimeType(name),
    'Cache-Control': cacheControl(name),
    ETag: etag,
    ...(coding ? { 'Content-Encoding': coding } : {}),
  };
  response.set(headers);
  if (/\.(js|css)$/.test(name)) for (const header of OF_DOCUMENTS) response.removeHeader(header);
  response.sendFile(path, { root: folder, cacheControl: false, acceptRanges: false }, (fault?: Error) => {
    if (!fault || response.headersSent) return;
    // They are not those of the error that is answered instead.
    for (const header of Object.keys(headers)) response.removeHeader(header);
    next(fault);
  });
}

/** They speak of a document, its frames and its window; on each of a dozen scripts they would be 7 kB of a first load. */
const OF_DOCUMENTS = [
  'Content-Security-Policy',
  'Cross-Origin-Opener-Policy',
  'Origin-Agent-Cluster',
  'X-DNS-Prefetch-Control',
  'X-Download-Options',
  'X-Frame-Options',
  'X-Permitted-Cross-Domain-Policies',
  'X-XSS-Protection',
];

function mimeType(name: string): string {
  return TYPES[extname(name)] ?? 'application/octet-stream';
}

/** Files in `assets` carry a hash of their content in their name; all others change under theirs. */
function cacheControl(name: string): string {
  return name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}
