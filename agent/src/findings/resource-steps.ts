/** What to type where something is used up. As in steps.ts, built from integers only. */
import { type Step } from '../contract.ts';
import { integer } from './steps.ts';
import { type MachineResource } from './trends.ts';

const MOST_FIRST = 'sort | uniq -c | sort -rn | head';

/** @param pid of the process whose descriptors they are */
export function countDescriptors(pid: number): readonly Step[] {
  const folder = `/proc/${integer(pid)}/fd`;
  return [
    { title: 'See how many are open', command: `sudo ls ${folder} | wc -l`, expect: 'More each minute' },
    {
      title: 'See what they are',
      command: `sudo ls -l ${folder} | awk '{print $NF}' | sed 's/:.*//' | ${MOST_FIRST}`,
      expect: 'Most often what is opened and never closed: socket, pipe, or a path',
    },
  ];
}

const EACH_PROCESS = `for one in /proc/[0-9]*; do echo "$(ls $one/fd 2>/dev/null | wc -l) $one"; done`;

export function lookAtUse(resource: MachineResource): readonly Step[] {
  switch (resource) {
    case 'ephemeral-ports':
      return [
        {
          title: 'See how many connections there are',
          command: 'ss -s',
          expect: 'Many in timewait, or many established',
        },
        {
          title: 'See to whom they go',
          command: `ss -Htan | awk '{print $5}' | sed 's/:[^:]*$//' | ${MOST_FIRST}`,
          expect: 'The remote addresses with the most connections first',
        },
      ];
    case 'file-handles':
      return [
        {
          title: 'See how many are open',
          command: 'cat /proc/sys/fs/file-nr',
          expect: 'The first number more each minute',
        },
        {
          title: 'See which processes have the most',
          command: `sudo sh -c '${EACH_PROCESS}' | sort -rn | head`,
          expect: 'A count and a process each, the most first',
        },
      ];
    case 'processes':
      return [
        {
          title: 'See what they are',
          command: `ps -eLo comm= | ${MOST_FIRST}`,
          expect: 'The names of the most processes and threads first',
        },
        {
          title: 'See who started them',
          command: `ps -eo ppid= | ${MOST_FIRST}`,
          expect: 'The parent of the most processes first',
        },
      ];
  }
}
