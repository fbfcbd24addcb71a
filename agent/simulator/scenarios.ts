import type { Scenario } from './scenario.ts';
import * as atHome from './scenarios/at-home.ts';
import { batch } from './scenarios/batch.ts';
import { blueGreen } from './scenarios/blue-green.ts';
import { busy } from './scenarios/busy.ts';
import { churn } from './scenarios/churn.ts';
import { crashLoop } from './scenarios/crash-loop.ts';
import { cycle } from './scenarios/cycle.ts';
import { deploys } from './scenarios/deploys.ts';
import { evicted, moved } from './scenarios/displaced.ts';
import { exposed, exposedUndeclared } from './scenarios/exposed.ts';
import { flapping } from './scenarios/flapping.ts';
import { flickering, growing } from './scenarios/flickering.ts';
import { forecast, forecastSoon, sawtooth } from './scenarios/forecast.ts';
import { givenUp } from './scenarios/given-up.ts';
import { gone } from './scenarios/gone.ts';
import { handOver } from './scenarios/hand-over.ts';
import { healthy } from './scenarios/healthy.ts';
import { hungForLong } from './scenarios/hung-for-long.ts';
import { hung } from './scenarios/hung.ts';
import { inherited } from './scenarios/inherited.ts';
import { invisible } from './scenarios/invisible.ts';
import { ladder } from './scenarios/ladder.ts';
import { leak, leakGrowing } from './scenarios/leak.ts';
import { frontProxy, ninePorts, spreadPorts } from './scenarios/many-ports.ts';
import { multiPort } from './scenarios/multi-port.ts';
import { neverStarted } from './scenarios/never-started.ts';
import { outdated } from './scenarios/outdated.ts';
import { overflow } from './scenarios/overflow.ts';
import { prefork } from './scenarios/prefork.ts';
import { releases } from './scenarios/releases.ts';
import { replaced } from './scenarios/replaced.ts';
import { reusePort } from './scenarios/reuse-port.ts';
import { sharedPort } from './scenarios/shared-port.ts';
import { respawned, rolling } from './scenarios/sharing.ts';
import { slowStart } from './scenarios/slow-start.ts';
import { socketActivation } from './scenarios/socket-activation.ts';
import { sshForward } from './scenarios/ssh-forward.ts';
import { stale } from './scenarios/stale.ts';
import { stopped } from './scenarios/stopped.ts';
import { supervisor } from './scenarios/supervisor.ts';
import { threeApps } from './scenarios/three-apps.ts';
import { told } from './scenarios/told.ts';
import { twoRedis } from './scenarios/two-redis.ts';
import { wedged } from './scenarios/wedged.ts';
import { wrongHolder } from './scenarios/wrong-holder.ts';

/** What goes wrong on machines. */
export const incidents: ReadonlyMap<string, Scenario> = new Map(
  Object.entries({
    stale,
    ladder,
    cycle,
    'crash-loop': crashLoop,
    flickering,
    growing,
    inherited,
    replaced,
    told,
    releases,
    supervisor,
    wedged,
    invisible,
    hung,
    'hung-for-long': hungForLong,
    stopped,
    overflow,
    'given-up': givenUp,
    'never-started': neverStarted,
    gone,
    'wrong-holder': wrongHolder,
    flapping,
    'shared-port': sharedPort,
    exposed,
    'exposed-undeclared': exposedUndeclared,
    leak,
    'leak-growing': leakGrowing,
    outdated,
    forecast,
    'forecast-soon': forecastSoon,
    evicted,
    moved,
  }),
);

/** What looks like it and is none: Portlight has to say nothing. */
export const controls: ReadonlyMap<string, Scenario> = new Map(
  Object.entries({
    healthy,
    churn,
    'hand-over': handOver,
    prefork,
    reuseport: reusePort,
    'blue-green': blueGreen,
    'multi-port': multiPort,
    'three-apps': threeApps,
    batch,
    'two-redis': twoRedis,
    'socket-activation': socketActivation,
    'ssh-forward': sshForward,
    busy,
    'slow-start': slowStart,
    deploys,
    rolling,
    respawned,
    wildcard: atHome.wildcard,
    'mapped-loopback': atHome.mappedLoopback,
    'right-holder': atHome.rightHolder,
    alternative: atHome.alternative,
    'quick-restart': atHome.quickRestart,
    upgraded: atHome.upgraded,
    'random-port': atHome.randomPort,
    'nine-ports': ninePorts,
    'front-proxy': frontProxy,
    'spread-ports': spreadPorts,
    sawtooth,
  }),
);

export const scenarios: ReadonlyMap<string, Scenario> = new Map([...incidents, ...controls]);
