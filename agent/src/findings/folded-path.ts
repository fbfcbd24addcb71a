/** Folders whose entries are releases, whatever they are called. */
const RELEASE_FOLDERS = new Set(['releases', 'versions', 'builds', 'deployments']);

/** Parts of a name that differ from release to release, where no letter or digit touches them. */
const RELEASE_PARTS: readonly string[] = [
  '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  // Date, and time, with or without separators: 2026-11-23T15-17, 20261123_151705.
  String.raw`\d{4}[-_.]?\d{2}[-_.]?\d{2}(?:[-_.T]?\d{2}[-_.:]?\d{2}(?:[-_.:]?\d{2})?Z?)?`,
  // Version: 1.2.3, v2, 1.2.3-rc.1, 1.2.3-SNAPSHOT+build.7.
  String.raw`v?\d+(?:\.\d+)*(?:[-._]?(?:alpha|beta|rc|snapshot|final|release|dev|pre|post|ga)(?:[-._]?\d+)?)?(?:\+[\w.]{1,64})?`,
  '[0-9a-f]{7,}',
  'blue|green|current|previous',
];
const RELEASE_PART = new RegExp(`(?<![a-z0-9])(?:${RELEASE_PARTS.join('|')})(?![a-z0-9])`, 'gi');

/** A path, or any name, with `*` for what differs between releases: old and new release of a program fold to the same. */
export function foldPath(path: string): string {
  const segments = path.split('/');
  return segments.map((segment, at) => (isRelease(segments, at) ? '*' : foldSegment(segment))).join('/');
}

function isRelease(segments: readonly string[], at: number): boolean {
  const above = segments[at - 1];
  if (segments[at] === '' || above === undefined) return false;
  return RELEASE_FOLDERS.has(above) || (above === 'store' && segments[at - 2] === 'nix');
}

function foldSegment(segment: string): string {
  return segment.replace(RELEASE_PART, '*');
}
