import type { HelmetOptions } from 'helmet';

/** Of pages: no inline script, nothing from elsewhere; styles set by the pages' own script need no exception. */
export const PAGE_POLICY: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' },
  referrerPolicy: { policy: 'same-origin' },
  // Of the server's own TLS the entrance tells; whether there is some in front is for the proxy to say.
  strictTransportSecurity: false,
};

/**
 * Of the API's answers, which are data: nothing in them is run, framed, embedded elsewhere or taken for another type. They
 * are about now and for whoever asked, so nobody keeps them.
 */
export const API_HEADERS: readonly (readonly [string, string])[] = [
  ['Content-Security-Policy', "default-src 'none';frame-ancestors 'none'"],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'same-origin'],
  ['Cache-Control', 'no-store'],
];

/** Of a server that answers by HTTPS itself: for a year, browsers ask it in no other way. */
export const HSTS: readonly [string, string] = ['Strict-Transport-Security', 'max-age=31536000'];
