/** The machine's limits, and how much of the machine the agent sees, as metrics. Pure. */
import { type Coverage, type Kernel, type Usage } from '../contract.ts';
import { counter, gauge, type Family } from './exposition.ts';

export function kernelMetrics(kernel: Kernel): readonly Family[] {
  const { listenOverflows, listenDrops, somaxconn, ephemeralPorts, ephemeralInUse, tcpInUse, timeWait } = kernel;
  const ephemeral = ephemeralPorts === null ? null : ephemeralPorts[1] - ephemeralPorts[0] + 1;
  return [
    counter(
      'portlight_kernel_listen_overflows_total',
      'Connections refused because an accept queue was full, since boot.',
      listenOverflows,
    ),
    counter('portlight_kernel_listen_drops_total', 'SYNs dropped for any reason, since boot.', listenDrops),
    gauge('portlight_kernel_somaxconn', 'Longest accept queue the machine allows.', somaxconn),
    gauge('portlight_kernel_ephemeral_ports', 'Ports of the ephemeral range.', ephemeral),
    gauge('portlight_kernel_ephemeral_ports_in_use', 'Ports of the ephemeral range that are in use.', ephemeralInUse),
    gauge('portlight_kernel_tcp_sockets', 'TCP sockets in use.', tcpInUse),
    gauge('portlight_kernel_time_wait_sockets', 'TCP sockets in TIME_WAIT.', timeWait),
    ...usage('portlight_kernel_file_handles', 'file handles', kernel.fileHandles),
    ...usage('portlight_kernel_processes', 'processes and threads', kernel.processes),
  ];
}

function usage(name: string, what: string, value: Usage | null): readonly Family[] {
  return [
    gauge(name, `The machine's ${what}.`, value?.used ?? null),
    gauge(`${name}_max`, `Most ${what} the machine allows.`, value?.max ?? null),
  ];
}

export function coverageMetrics(coverage: Coverage): readonly Family[] {
  const { processes, unreadable, namespaces, unattributed, skippedRows, hidepid } = coverage;
  return [
    gauge('portlight_unattributed_listeners', 'Listeners, of all namespaces, without a known holder.', unattributed),
    gauge('portlight_coverage_processes', 'Processes the last scan saw.', processes),
    gauge('portlight_coverage_unreadable_processes', 'Of those, the ones that may not be looked into.', unreadable),
    gauge(
      'portlight_coverage_network_namespaces',
      "Network namespaces the last scan saw, the host's included.",
      namespaces,
    ),
    gauge('portlight_coverage_skipped_rows', 'Malformed rows of socket tables the last scan skipped.', skippedRows),
    gauge(
      'portlight_coverage_hidepid',
      "1 when /proc hides other users' processes from the agent, else 0.",
      Number(hidepid),
    ),
  ];
}
