import type { FindingKind } from '@portlight/server/views';

/** A path of a 16 × 16 icon, drawn with a stroke of 1.5. */
interface IconPath {
  readonly d: string;
  readonly dash?: string;
  readonly isFilled?: boolean;
}

const dots = (...places: readonly string[]): IconPath => ({
  d: places.map((place) => `M${place}m-1.6 0a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0z`).join(''),
  isFilled: true,
});
const globe: readonly IconPath[] = [
  { d: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2z' },
  { d: 'M2 8h12M8 2c2.2 2 2.2 10 0 12M8 2c-2.2 2-2.2 10 0 12' },
];

export const KIND_ICONS: Readonly<Record<FindingKind, readonly IconPath[]>> = {
  drift: [
    { d: 'M1.8 5.2h4v5.6h-4z', dash: '1.8 1.7' },
    { d: 'M10.2 5.2h4v5.6h-4z', isFilled: true },
    { d: 'M3.8 2.4h7.4M9.6 1l1.6 1.4-1.6 1.4' },
  ],
  ladder: [{ d: 'M1.5 13.5H5V10h3.5V6.5H12V3h2.5' }, { d: 'M2.5 7.9v-5M1.2 4.2 2.5 2.8l1.3 1.4' }],
  'stale-holder': [{ d: 'M4 1.8h8M4 14.2h8M5 1.8v2.4L8 8l3-3.8V1.8M5 14.2v-2.4L8 8l3 3.8v2.4' }],
  wedged: [{ d: 'M13.4 2.5v11' }, dots('2.6 8', '6.6 8', '10.4 8')],
  cycling: [
    { d: 'M13.3 6.4A5.6 5.6 0 0 0 3.4 4.7L2 6.2M2.7 9.6a5.6 5.6 0 0 0 9.9 1.7L14 9.8M2 2.8v3.4h3.4M14 13.2V9.8h-3.4' },
  ],
  missing: [{ d: 'M2.5 2.5h11v11h-11z', dash: '2 2' }, { d: 'M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8' }],
  'wrong-holder': [{ d: 'M2.5 5.5h9M9 3l2.5 2.5L9 8M13.5 10.5h-9M7 13l-2.5-2.5L7 8' }],
  'shared-port': [{ d: 'M8 14.2V9.4M8 9.4 3.5 6V2M8 9.4 12.5 6V2M1.6 3.9 3.5 2l1.9 1.9M10.6 3.9 12.5 2l1.9 1.9' }],
  exposed: globe,
  leak: [{ d: 'M3 3.5h10M3 8h10M3 12.5h10' }, dots('3 3.5', '8 8', '13 12.5')],
  'outdated-executable': [{ d: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 1 0 8 2.2z' }, { d: 'M8 4.8V8l2.4 1.6' }],
  forecast: [{ d: 'M1.5 2.6h13' }, { d: 'M1.5 13.2l3.8-1.8 3-3' }, { d: 'M9.4 7.2l3.4-3.2', dash: '1.6 1.9' }],
};
