/** Forecasts, and the trends they rest on. */
import { type Condition } from './conditions.ts';

export const RESOURCES: readonly Condition[] = [
  {
    rule: 'forecast',
    never: 'by less than half an hour',
    file: 'trend',
    code: 'count >= least && perMinute > 0',
    without: 'perMinute > 0',
  },
  {
    rule: 'forecast',
    never: 'a poor fit',
    file: 'trend',
    code: ' && fit >= LEAST_FIT',
    without: '',
  },
  {
    rule: 'forecast',
    never: 'by what was flat before',
    file: 'trend',
    code: 'return readings.slice(Math.min(beginningOf(readings), Math.max(0, readings.length - LEAST_READINGS)));',
    without: 'return readings;',
  },
  {
    rule: 'forecast',
    never: 'going down',
    file: 'trend',
    code: 'count >= least && perMinute > 0 && ',
    without: 'count >= least && ',
  },
  {
    rule: 'forecast',
    never: 'more than a day ahead',
    file: 'forecast',
    code: 'minutesLeft > DAY_MINUTES || ',
    without: '',
  },
  {
    rule: 'forecast',
    never: 'reset, as a sawtooth is',
    file: 'forecast',
    code: 'wasGivenBack(readings, last) || ',
    without: '',
  },
  {
    rule: 'forecast',
    never: 'below the same hour of the day before',
    file: 'forecast',
    code: ' || (most !== null && last.used <= most)',
    without: '',
  },
  {
    rule: 'forecast',
    never: 'another process with the same pid',
    file: 'trends',
    code: 'return known?.startTicks === startTicks && known.programKey === programKey ? known.trend : null;',
    without: 'return known?.trend ?? null;',
  },
  {
    rule: 'forecast',
    never: 'one finding for each process of a program',
    file: 'forecast',
    code: '...soonestOf(spenders(scene)).map(',
    without: '...spenders(scene).map(',
  },
];
