/** The code of each page, asked for when the page is opened. */
export const PAGES = {
  fleet: () => import('./fleet/FleetPage.svelte'),
  findings: () => import('./findings/FindingsPage.svelte'),
  machines: () => import('./machines/MachinesPage.svelte'),
  machine: () => import('./machine/MachinePage.svelte'),
  expectations: () => import('./expectations/ExpectationsPage.svelte'),
  signIn: () => import('./sign-in/SignIn.svelte'),
} as const;

/** Code of a part of a page, asked for when that part is opened. */
export const PARTS = {
  machineList: () => import('./machines/MachineList.svelte'),
  pin: () => import('./expectations/PinPanel.svelte'),
} as const;
