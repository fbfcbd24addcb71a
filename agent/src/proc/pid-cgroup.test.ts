import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpusBytes } from '../../test/corpus.ts';
import { parsePidCgroup, type ControlGroup } from './pid-cgroup.ts';

const service = (unit: string | null): ControlGroup => ({ unit, container: null, scope: 'system' });
const container = (
  runtime: string,
  id: string,
  pod: string | null = null,
  unit: string | null = null,
): ControlGroup => ({
  unit,
  container: { id, runtime, pod },
  scope: 'container',
});

const FILES: Readonly<Record<string, ControlGroup>> = {
  100: service('docker.service'),
  200: container('docker', 'b43d92bf1e5c6f78bb9b7bc6f40721280299855ba692092716e3a1b6c0b86f3f'),
  300: container(
    'kubernetes',
    '17db96a24ae1e9dd57143e62b1cb0d2d35e693c65c774c7470e87b0572e07c1a',
    '6a4ce4a0-ba47-11ea-b2a7-0cc47ac5979e',
  ),
  400: container(
    'docker',
    '73051af271105c07e1f493b34856a77e665e3b0b4fc72f76c807dfbffeb881bd',
    '8712f785-1a3e-41ec-a00b-e2dcc77431cb',
  ),
  500: container('docker', 'ba7b10d15d16e10e3de7a2dcd408a3d971169ae303f46cfad4c5453c6326fee2'),
  550: service('ssh.service'),
  600: service('springboot.service'),
  700: service(null),
  800: container('docker', 'cf87ba651579c9231db817909e7865e5747bd7abcac0c57ce23cf4abbaee046b'),
  900: service('python-app.service'),
  1000: service('getty@tty1.service'),
  2000: container(
    'kubernetes',
    '95cbe853416f52d927dec41f1406dd75015ea131244a1ca875a7cd4ebe927ac8',
    '8833712d-6e69-4f5c-95f3-aebd020ce2e7',
  ),
  3000: container('lxc', 'first'),
};
for (const [file, expected] of Object.entries(FILES)) {
  test(`coroot's capture ${file} names ${expected.container?.id ?? expected.unit ?? 'neither unit nor container'}`, () => {
    assert.deepEqual(parsePidCgroup(corpusBytes(`coroot-cgroup/${file}`).toString()), expected);
  });
}

/** coroot calls every id below kubepods docker's, and names a slice where we name its service. */
const PATHS = JSON.parse(corpusBytes('coroot-cgroup-paths/paths.json').toString()) as {
  cgroup: string;
  type: string;
  id: string;
}[];
for (const { cgroup, type, id } of PATHS) {
  test(`coroot's path ${cgroup} is read as its project reads it`, () => {
    const { container: found, unit } = parsePidCgroup(`0::${cgroup}\n`);
    const isContainer = ['Docker', 'Lxc', 'Crio', 'Containerd'].includes(type);
    assert.equal(found?.id ?? null, isContainer ? id.replace(/^\/lxc\//, '') : null);
    if (type === 'SystemdService') assert.equal(unit, /[^/]+\.service$/.exec(cgroup)?.[0] ?? null);
  });
}

const ID = 'ab'.repeat(32);
const POD = 'pod2942c55e_c9cb_428a_93f4_eaf89c1f3ce0.slice';
const CASES: readonly (readonly [string, string, ControlGroup])[] = [
  [
    '0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service',
    "a user's own unit is theirs",
    { unit: 'web.service', container: null, scope: 'user' },
  ],
  [
    '0::/user.slice/user-1000.slice/user@1000.service/init.scope',
    "a user's manager is no unit of theirs",
    { unit: null, container: null, scope: 'user' },
  ],
  [
    '1:name=systemd:/user.slice/user-1000.slice/session-6.scope',
    'a login has a session',
    { unit: null, container: null, scope: 'session' },
  ],
  [
    '1:name=systemd:/system.slice/a\\x2db\\xc3\\xa9.service',
    'a unit is unescaped, byte by byte',
    service('a-bé.service'),
  ],
  [
    '0::/system.slice/a\\x0ab\\xe2\\x80\\xae.service',
    'what a unit escapes to stays printable',
    service('a\\nb\\u202e.service'),
  ],
  ['1:name=systemd:/\n3:cpu:/system.slice/other.service', 'the cpu hierarchy names no unit', service(null)],
  [`1:name=systemd:/\n3:cpu:/docker/${ID}`, 'a container of a controller hierarchy is one', container('docker', ID)],
  [`0::/machine.slice/libpod-${ID}.scope`, 'podman', container('podman', ID)],
  [`0::/machine.slice/libpod-conmon-${ID}.scope`, "podman's monitor is outside its container", service(null)],
  [
    `0::/kubepods.slice/kubepods-${POD}/crio-${ID}.scope/container`,
    'cri-o',
    container('crio', ID, '2942c55e-c9cb-428a-93f4-eaf89c1f3ce0'),
  ],
  [
    `0::/kubepods.slice/kubepods-${POD}/cri-containerd-${ID}.scope`,
    'containerd',
    container('containerd', ID, '2942c55e-c9cb-428a-93f4-eaf89c1f3ce0'),
  ],
  [
    `0::/system.slice/containerd.service/kubepods-burstable-${POD}:cri-containerd:${ID}`,
    'containerd below its own unit',
    container('containerd', ID, '2942c55e-c9cb-428a-93f4-eaf89c1f3ce0', 'containerd.service'),
  ],
  [`0::/lxc/outer/system.slice/docker-${ID}.scope`, 'the innermost container is the one', container('docker', ID)],
  ['', 'an empty file names nothing', service(null)],
  ['garbage\n::\n0:\n', 'malformed lines name nothing', service(null)],
];
for (const [text, name, expected] of CASES)
  test(`${name}: ${JSON.stringify(text.slice(0, 60))}`, () => assert.deepEqual(parsePidCgroup(text), expected));

test('any text is read without an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => assert.ok(parsePidCgroup(`0::/${text}\n${text}`).scope)),
  );
});
