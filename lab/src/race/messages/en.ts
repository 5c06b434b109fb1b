/** The race in English. */

import type { Measure } from '../chart-layout.ts'
import type { Family } from '../courses.ts'
import type { Comparison } from '../printed.ts'
import type { Clock } from '../protocol.ts'
import type { Phase } from '../race.ts'
import { digits, timesText, timeText } from '../units.ts'

const number = (value: number): string => value.toLocaleString('en')
const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
const printedNames: Readonly<Record<Extract<Comparison, { kind: 'time' }>['name'], string>> = {
  loops: 'its loops',
  pytorch: 'PyTorch',
  conv: 'its loops (conv)',
  conv_matmul: 'its matrix (conv_matmul)',
}
const articleOf = (name: keyof typeof printedNames): string =>
  name === 'conv' || name === 'conv_matmul' ? 'Article 2' : 'Article 1'

const english = {
  title: 'Race · stridefold lab',
  headline: [
    'Race:',
    'every algorithm computes the same numbers. Which one is fastest on this device?',
  ] as readonly [string, string],
  toLens: 'Back to the lens',
  skip: 'Skip to the chart',

  start: 'Start',
  stop: 'Stop',
  resume: 'Go on',
  again: 'Race again',
  phases: {
    ready:
      'Every runner must first give the right numbers. Then it is timed, on larger and larger inputs.',
    running: 'The race runs.',
    resting: 'The race rests while this tab is hidden.',
    stopped: 'Stopped. What was measured stays.',
    done: 'All sizes are measured.',
    failed: 'The race cannot go on.',
  } as Readonly<Record<Phase, string>>,
  nowAt: (size: string, runner: string): string =>
    runner === '' ? `Now: ${size}` : `Now: ${size}, ${runner}`,
  noWorker:
    'This browser starts no worker for this page, and measuring on the page itself would block it.',
  unknownCourse: (id: string): string =>
    `The link names “${id}”, which is no course of the race. This is the usual one.`,

  course: 'What grows',
  families: {
    image: 'Image N × N',
    kernel: 'Kernel K × K',
    signal: 'Signal of N samples',
    layer: 'Layer N × N',
    picture: 'Colour picture N × N',
  } as Readonly<Record<Family, string>>,
  variant: {
    image: 'Kernel',
    kernel: 'Weights',
    signal: 'Taps',
    layer: '',
    picture: '',
  } as Readonly<Record<Family, string>>,
  variants: {
    '2×2': '2 × 2, as in article 1',
    '3×3': '3 × 3',
    random: 'random',
    gaussian: 'Gaussian (separable)',
    '9': '9',
    '129': '129',
  } as Readonly<Record<string, string>>,
  abouts: {
    image: 'One channel, no padding, stride 1.',
    kernel: 'A picture of 256 × 256, no padding.',
    signal: 'One channel, zeros beyond the ends, as many results as samples.',
    layer: '16 channels to 16 filters, 3 × 3, padding 1.',
    picture: 'As in article 2: one 3 × 3 filter over three channels, SAME.',
  } as Readonly<Record<Family, string>>,
  sizeOf: (family: Family, n: number): string =>
    family === 'signal'
      ? `${number(n)} samples`
      : family === 'kernel'
        ? `${n} × ${n}`
        : `${number(n)} × ${number(n)}`,
  axis: {
    image: 'N of the N × N image',
    kernel: 'K of the K × K kernel',
    signal: 'samples of the signal',
    layer: 'N of the N × N layer',
    picture: 'N of the N × N picture',
  } as Readonly<Record<Family, string>>,

  names: {
    'auto, whole call': 'auto, whole call',
    'article: loops': 'article 1: loops',
    'article: im2col': 'article 1: im2col',
    'article: strides': 'article 1: strides',
    'article: conv': 'article 2: loops',
    'article: conv_matmul': 'article 2: matrix',
  } as Readonly<Record<string, string>>,

  measure: 'Show',
  measures: { time: 'Time of one call', memory: 'Memory of one call' } as Readonly<
    Record<Measure, string>
  >,
  chart: 'Chart: both axes are logarithmic',
  chartKeys: 'Left and right: sizes. Up and down: runners.',
  chartEmpty: 'No point yet.',
  readHint: 'Point at a mark, or use the arrow keys, to read it.',
  autoTakes: 'auto takes',
  read: (name: string, size: string, value: string): string => `${name} at ${size}: ${value}`,
  readTime: (range: string, samples: number): string =>
    `middle half ${range}, ${samples} ${samples === 1 ? 'sample' : 'samples'}`,
  readMemory: 'besides the input',
  printed: (name: keyof typeof printedNames): string =>
    `${articleOf(name)}: ${printedNames[name].replace('its ', '')}, as printed`,

  runners: 'Runners',
  runner: 'Runner',
  takesPart: (name: string): string => `${name} takes part`,
  verified: 'verified',
  verifiedTitle: (count: number, difference: string, bound: string): string =>
    `${number(count)} results compared with the definition: at most ${difference} apart, ${bound} allowed`,
  leftOut: 'left out',
  slow: (size: string, time: string): string => `stops before ${size}: one call would take ${time}`,
  wrong: (size: string, index: string, actual: string, expected: string, bound: string): string =>
    `wrong at ${size}: result [${index}] is ${actual}, the definition gives ${expected} ± ${bound}`,
  failed: (size: string): string => `failed at ${size}:`,
  unsupported: (size: string): string => `not at ${size}:`,

  crossings: 'Crossing points',
  crossing: (size: string, winners: readonly string[], loser: string): string =>
    `From ${size} on, ${list(winners)} ${winners.length === 1 ? 'is' : 'are'} faster than ${loser} on this device.`,
  disturbed:
    'Many samples of one point differ by more than a factor of two: other programs keep this machine busy. Race again when it is quiet.',
  noCrossings: 'None so far: no two curves change places for good.',
  fastest: (parts: readonly string[]): string => `Fastest: ${parts.join('; ')}.`,
  lead: (name: string, from: string, to: string): string =>
    from === to ? `${name} at ${from}` : `${name} from ${from} to ${to}`,

  articles: 'Beside the articles',
  says: 'the article',
  here: 'here',
  comparisonTime: (of: Extract<Comparison, { kind: 'time' }>): string =>
    of.name === 'loops' && of.highMs > 2 * of.lowMs
      ? `Article 1, its loops, above ${of.n} × ${of.n}`
      : `${articleOf(of.name)}, ${printedNames[of.name]}, ${
          of.isSizePrinted ? `${of.n} × ${of.n}` : `drawn at ${of.n} × ${of.n}`
        }`,
  comparisonSpeedup: (of: Extract<Comparison, { kind: 'speedup' }>): string =>
    of.slow === 'conv'
      ? 'Article 2, its matrix against its loops'
      : 'Article 1, its strides against its loops',
  printedTime: (lowMs: number, highMs: number): string =>
    lowMs === highMs ? timeText(lowMs) : timesText(lowMs, highMs),
  times: (ratio: number): string => `${digits(ratio)} times as fast`,
  timesAt: (ratio: number, size: string): string => `${digits(ratio)} times as fast at ${size}`,
  notInBrowser: 'no PyTorch in a browser',
  notYet: 'not measured yet',
  articleNote: {
    image:
      'Python on an Intel i7, from the text of article 1. Its plots and its last table are pictures without numbers, so the line between its two figures is only a guide for the eye. The article’s functions run here in TypeScript.',
    picture:
      'Python, from the text of article 2. It does not print the size of its picture; the code that it links to has one of 220 × 220. The article’s functions run here in TypeScript.',
  },

  table: 'The same numbers as a table',
  tableOf: {
    time: 'Median time of one call, with its middle half',
    memory: 'Bytes of one call',
  } as Readonly<Record<Measure, string>>,
  copy: 'Copy CSV',
  copied: 'Copied.',
  notCopied: 'The browser refused. Save the file instead.',
  save: 'Save CSV',

  how: 'What is measured',
  notes: (clock: Clock | undefined): readonly string[] => [
    'A call with a prepared plan: weights packed, arrays in the library’s memory, one thread, warm. “auto, whole call” is a call as a program makes it, with copies and a new result.',
    'Before it is timed, every runner computes the problem once. Some of its results, the first and the last among them, are compared with the definition in float64. A runner with a wrong result is not timed.',
    'The runners take turns: one sample each, then the next round, in another order each time. A point is the median of 15 samples, its bar the middle half. Slow runners get fewer samples.',
    `${
      clock === undefined
        ? 'Browsers round their clock. Its step is shown here after the start.'
        : `The clock of this browser moves in steps of ${timeText(clock.stepMs)}, so a sample is ` +
          `as many calls as take ${timeText(clock.sampleMs)}.`
    } Other programs use this machine too, so times vary from one race to the next.`,
    'A runner stops where one call would take more than 0.4 s, judged by its last time. Memory is the result and what the runner needs besides the input: for the library what its plan states for ordinary arrays, for the articles every array that their code makes.',
  ],
}

export type RaceMessages = typeof english
export const en: RaceMessages = english
