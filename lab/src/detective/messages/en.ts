/** The page “Detective” in English. */

import type { Fact } from '../facts.ts'
import type { ArrayName } from '../readings.ts'

const arrays: Readonly<Record<ArrayName, string>> = { x: 'input', k: 'kernel', y: 'output' }
const all = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
const number = (value: number): string => String(value).replaceAll('-', '−')
const spaced = (letters: string): string => [...letters.replace('C', 'I')].join(' ')
const shown = (letters: string): string => [...letters].join(' ')
const sides = (pairs: readonly (readonly [number, number])[]): string =>
  all(
    pairs.map(([before, after], a) => {
      const along = pairs.length === 1 ? '' : a === 0 ? 'rows ' : 'columns '
      return `${along}(${number(before)}, ${number(after)})`
    }),
  )
const perAxis = (values: readonly number[]): string =>
  values.every((value) => value === values[0])
    ? String(values[0])
    : `${values[0]} down and ${values[1]} across`

const roundings = {
  nearest: 'rounded to whole numbers',
  truncated: 'cut to whole numbers (toward 0)',
  down: 'rounded down to whole numbers',
} as const

const borders: Readonly<Record<string, string>> = {
  edge: 'the border repeats the last sample (edge, replicate, nearest)',
  reflect: 'the border mirrors without the last sample (reflect, reflect_101, mirror)',
  symmetric: 'the border mirrors with the last sample (symmetric; reflect in ndimage and OpenCV)',
  wrap: 'the border goes on at the other side (wrap, circular)',
}

const paddings: Readonly<Record<string, string>> = {
  same: 'padding “same”, the odd sample after',
  'same-lower': 'padding “same”, the odd sample before',
  'layer-same': 'padding SAME of TensorFlow and ONNX, by the stride',
  full: 'padding “full”',
  equal: 'the same padding on every side',
  sides: 'padding of its own on each side',
  moved: 'the windows are moved, so that samples at an edge are left out',
}

function fact(of: Fact): string {
  switch (of.kind) {
    case 'orientation':
      return {
        'as-is': 'the kernel stays as it is: correlation',
        turned: 'the kernel is turned by 180°: convolution',
        rows: 'the kernel is turned top to bottom only',
        columns: 'the kernel is turned left to right only',
      }[of.orientation]
    case 'padding':
      return of.name === 'valid'
        ? 'there is no padding: “valid”'
        : `${paddings[of.name]}: ${sides(of.sides)}`
    case 'border':
      if (typeof of.boundary === 'object')
        return `outside the input lies ${number(of.boundary.constant)}, not 0 (a constant border)`
      return borders[of.boundary]!
    case 'stride':
      return `the stride is ${perAxis(of.values)}`
    case 'dilation':
      return `the dilation is ${perAxis(of.values)}`
    case 'transposed':
      return `the ${arrays[of.array]} is transposed: rows and columns exchanged`
    case 'reshaped':
      return (
        `the numbers of the ${arrays[of.array]} lie as ${shown(of.order)}, but its shape is ` +
        `${shown(of.letters)}: reshape was used where a transpose was needed`
      )
    case 'last':
      return of.arrays.length > 2
        ? 'channels are last, weights are H W I O, as in TensorFlow'
        : `channels are last in the ${all(of.arrays.map((name) => arrays[name]))}`
    case 'weights':
      return `the weights are in the order ${spaced(of.letters)}, not O I H W`
    case 'groups':
      return of.isDepthwise
        ? `every channel has filters of its own: depthwise, ${of.groups} groups`
        : `the channels are in ${of.groups} groups`
    case 'sharing':
      return of.sharing === 'each'
        ? 'one kernel filters every channel by itself'
        : 'one kernel filters every channel, and the results are summed'
    case 'factor':
      return {
        sum: 'every result is divided by the sum of the weights',
        taps: 'every result is divided by the number of weights',
        divisor: `every result is divided by ${number(Math.round(1 / of.factor))}`,
        negated: 'every result is negated',
        number: `every result is multiplied by ${number(of.factor)}`,
      }[of.reason]
    case 'offsets':
      return of.offsets.length > 1
        ? `a bias is added to each filter: ${of.offsets.map(number).join(', ')}`
        : `${number(of.offsets[0]!)} is added to every result (bias or offset)`
    case 'rule':
      return rule(of.rule)
    case 'trap':
      return (
        'the windows are the rows of the im2col matrix, and the product needs them as columns: ' +
        (of.trap === 'rows'
          ? 'the transpose is missing'
          : 'reshape was used instead of a transpose')
      )
  }
}

function rule(of: Extract<Fact, { kind: 'rule' }>['rule']): string {
  switch (of.kind) {
    case 'none':
      return 'results stay as they are'
    case 'decimals':
      return `results have ${of.digits} digits after the point, rounded`
    case 'whole':
      return `results are ${roundings[of.how]}`
    case 'relu':
      return 'negative results become 0'
    case 'magnitude':
      return 'results lose their sign'
    case 'clipped':
      return (
        `results are cut at 0 and ${of.high}: negative ones become 0` +
        (of.high === 255 ? ' (bytes that saturate)' : '')
      )
    case 'wrapped':
      return 'results wrap around at 256 (a cast to uint8): −1 becomes 255'
  }
}

const ordinal = (index: readonly number[]): string => {
  const names = index.length > 1 ? ['row', 'column'] : ['place']
  return index.map((at, a) => `${names[a]} ${at}`).join(', ')
}

export const en = {
  title: 'Detective · stridefold lab',
  headline: ['Detective:', 'which convolution made this output?'] as readonly [string, string],
  skip: 'Skip to the answer',
  toLens: 'Back to the lens',
  linkFault: 'These parts of the link are not valid:',
  lead: 'Paste the input, the kernel and the output that you got. Nothing leaves this device.',
  examples: 'Examples',
  exampleNames: {
    turned: 'a turned kernel',
    last: 'channels last',
    bytes: 'negative bytes',
    border: 'a border',
    im2col: 'im2col',
    wrong: 'one wrong number',
  },
  fields: { x: 'Input', k: 'Kernel', y: 'Output that you got' } as Readonly<
    Record<ArrayName, string>
  >,
  chooseFile: 'File',
  chooseFileFor: (field: string): string => `${field}: choose a .npy or CSV file`,
  noText: (file: string): string => `${file} has too many numbers to show them here`,
  numbers: (shape: string): string => `${shape} numbers`,
  fromFile: (file: string): string => `from ${file}`,
  call: 'This is a call, not numbers. Paste the numbers themselves.',
  unlinked: 'These are too many numbers for the link: it keeps the arrays that it had.',

  missing: (names: readonly ArrayName[]): string =>
    `Still needed: ${all(names.map((name) => `the ${arrays[name]}`))}.`,
  busy: (percent: number): string => `Searching … ${percent} %`,
  shapes: 'No convolution turns this shape of input and kernel into this shape of output.',
  shapesHint:
    'Signals and planes are tried, with channels, filters and a batch: padding up to the kernel’s reach, strides to 8, dilations to 4. Are input and output from the same call?',
  large: 'These are too many numbers to search. Take a part: fewer rows, channels or filters.',
  plain: 'Equal to a plain correlation.',
  equal: 'Equal, if:',
  tried: (count: number): string => `${count.toLocaleString('en')} explanations were compared.`,
  float: 'Equal means: apart from what float32 sums may round.',
  others: 'These numbers cannot tell it from:',
  without: (facts: string): string => `without this: ${facts}`,
  more: (count: number): string => `and ${count} more`,
  few: (count: number): string =>
    `There ${count === 1 ? 'is only 1 output' : `are only ${count} outputs`}: other explanations may fit by chance.`,
  sameAs: (calls: readonly string[]): string =>
    `An even kernel has no centre, and libraries differ. Like this: ${calls.join(', ')}.`,
  nearest: 'Nothing that was tried gives these numbers. The nearest:',
  differs: (count: number, total: number): string => `${count} of ${total} numbers differ.`,
  largest: (place: string, got: string, expected: string): string =>
    `The largest difference is at ${place}: you got ${got}, this gives ${expected}.`,
  place: (filter: number | undefined, index: readonly number[]): string =>
    (filter === undefined ? '' : `filter ${filter}, `) + ordinal(index),
  outside:
    'All of them are where the window reaches over the edge: look at the border rule, or at the value outside.',
  oneNumber: 'A single number that differs is often a typing error.',
  picture: 'Differences: what you got − what this gives',
  pictureOf: (filter: number): string => `of filter ${filter}`,
  rowHead: (row: number): string => `row ${row}`,
  code: 'The same in code',
  system: 'Library',
  program: (title: string): string => `Program for ${title}`,
  noTrap:
    'The program that makes the same slip is not worth copying. Transpose the matrix of windows.',
  noLines: 'These arrays need other lines first. Take NumPy or PyTorch.',
  noProgram: (title: string): string =>
    `${title} has no exact equivalent. In the words of the translator:`,
  openLens: 'Open in the lens',
  fact: fact as (of: Fact) => string,
}

export type DetectiveMessages = typeof en
