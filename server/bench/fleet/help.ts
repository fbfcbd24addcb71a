export const HELP = `Plays a fleet of machines that push to an aggregator over HTTP, as their agents would.

  npm run fleet -- --hosts 100000 --every 15

Each machine first sends all it has, then a sign of life at its pace; some pushes tell of a change, with its events and findings:
a program restarts, a debugger opens, a server drifts, climbs or stops to accept. What a machine is and does follows from
the seed. It sends a full snapshot when asked for one and comes back later, with full jitter, when put off or not answered.

Fleet
  --hosts N              machines (1000)
  --every SECONDS        pace of each; 0: each connection sends again as soon as it is answered (15)
  --for TIME             how long, as 30s, 5m or 1h, once each machine is known; 0s: until then (60s)
  --listeners A-B        listeners of a machine (5-30)
  --change-share SHARE   pushes that tell of a change (0.02)
  --full-share SHARE     pushes that tell everything (0.002)
  --gauge-share SHARE    signs of life with gauges (0)
  --incidents SHARE      machines whose server drifts, climbs or gets stuck now and then (0.04)
  --storm                in the end all agents start anew and tell everything at once; over when all are through
  --seed N               other machines (1)

Network
  --server URL,…         aggregators, used in turn (http://127.0.0.1:9621)
  --sockets N            connections; machines share them (one a machine, 2000 at most)
  --socket-per-host      each machine has its own
  --sources A-B          local addresses that connections come from, as 127.0.0.2-127.0.0.9
  --enroll-token-file F  each machine enrols first
  --no-stretch           keep the pace when the aggregator asks for a slower one
  --plain                bodies are not compressed; else by zstd from 1 kB on

Result
  --record FILE          each acknowledged event as one line: host id, agent start, event id
  --json                 one JSON object a line: progress each second, then the result of each part
  --help                 this text

SIGUSR2 prints the result so far and counts anew.
Connections count against the limit of open files (ulimit -n), here and at the aggregator.
It gives up when no machine makes first contact for a minute.
Exit codes: 0 played to the end, 1 something went wrong (see errors), 2 bad arguments, 130 SIGINT, 143 SIGTERM.
`;
