import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foldPath } from './folded-path.ts';

const FOLDED: readonly (readonly [string, string, string])[] = [
  ['a date', '/srv/shop-20261123/server.js', '/srv/shop-*/server.js'],
  ['a date with dashes', '/srv/2026-11-23/server.js', '/srv/*/server.js'],
  ['a date and time', '/srv/shop/20261123151705/server.js', '/srv/shop/*/server.js'],
  ['a date and time with separators', '/srv/shop_2026-11-23T15-17-05/s.js', '/srv/shop_*/s.js'],
  ['a version', '/opt/shop-1.2.3/bin/shop', '/opt/shop-*/bin/shop'],
  ['a version of a file', '/opt/shop-1.2.3.jar', '/opt/shop-*.jar'],
  ['a version with v', '/opt/v2/shop', '/opt/*/shop'],
  ['a version before its release', '/opt/shop-1.2.3-SNAPSHOT.jar', '/opt/shop-*.jar'],
  ['a release candidate', '/opt/shop-1.2.3-rc.1+build.7/shop', '/opt/shop-*/shop'],
  ['7 hexadecimal digits', '/srv/shop/9f86d08/server.js', '/srv/shop/*/server.js'],
  ['a hash in a name', '/srv/main.3f2a9c1b.js', '/srv/main.*.js'],
  ['a UUID', '/var/app/6a4ce4a0-ba47-11ea-b2a7-0cc47ac5979e/run', '/var/app/*/run'],
  ['an integer', '/usr/lib/postgresql/14/bin/postgres', '/usr/lib/postgresql/*/bin/postgres'],
  ['whatever lies in releases', '/srv/shop/releases/monday/server.js', '/srv/shop/releases/*/server.js'],
  ['whatever lies in versions', '/srv/versions/a/x', '/srv/versions/*/x'],
  ['whatever lies in builds', '/srv/builds/a/x', '/srv/builds/*/x'],
  ['whatever lies in deployments', '/srv/deployments/a/x', '/srv/deployments/*/x'],
  ['a package of Nix', '/nix/store/abc-node-24/bin/node', '/nix/store/*/bin/node'],
  ['blue', '/srv/blue/server.js', '/srv/*/server.js'],
  ['green in a name', '/srv/shop-green/server.js', '/srv/shop-*/server.js'],
  ['current', '/srv/shop/current/server.js', '/srv/shop/*/server.js'],
  ['previous', '/srv/shop/previous/server.js', '/srv/shop/*/server.js'],
  ['no plain path', '/srv/shop/server.js', '/srv/shop/server.js'],
  ['no digit within a word', '/usr/bin/python3', '/usr/bin/python3'],
  ['no short hexadecimal word', '/srv/facade/x', '/srv/facade/x'],
  ['no word that begins like a colour', '/srv/blueprint/currently', '/srv/blueprint/currently'],
];
for (const [what, path, folded] of FOLDED) test(`${what} folds: ${path}`, () => assert.equal(foldPath(path), folded));

test('a folded path stays as it is when folded again', () => {
  const segment = fc.oneof(
    fc.string(),
    fc.constantFrom('releases', '1.2.3', 'v2', '2026-11-23', 'blue', 'nix', 'store'),
  );
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      const once = foldPath(segments.join('/'));
      assert.equal(foldPath(once), once);
    }),
  );
});
