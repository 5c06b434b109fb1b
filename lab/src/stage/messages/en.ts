/**
 * The first screen in English.
 */

import type { StageMessages, SumFacts, Verdict } from './types.ts'

const words = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ')
const some = (count: number, one: string): string =>
  `${words[count] ?? count} ${one}${count === 1 ? '' : 's'}`

const number = (value: number): string => value.toLocaleString('en')

/** A sentence about an edge: two sides, and what each sign means. */
const edge = (
  { positive, negative, result, sign }: SumFacts,
  [low, high]: readonly [string, string],
  [ifNegative, ifPositive]: readonly [string, string],
  meaning: string,
): Verdict =>
  sign === 0
    ? {
        parts: [positive, ` from ${high}, `, negative, ` from ${low}: they nearly cancel.`],
        meaning: 'No edge here: mid-grey.',
      }
    : {
        parts: [
          positive,
          ` from ${high}, minus `,
          negative,
          ` from ${low}, leaves `,
          result,
          `: ${sign > 0 ? ifPositive : ifNegative}.`,
        ],
        meaning,
      }

function verdict(facts: SumFacts): Verdict {
  const { kernel, positive, negative, result, middle, change } = facts
  switch (kernel) {
    case 'edges-x':
      return edge(
        facts,
        ['the left', 'the right'],
        ['bright beside dark', 'dark beside bright'],
        'An upright edge.',
      )
    case 'edges-y':
      return edge(
        facts,
        ['above', 'below'],
        ['bright over dark', 'dark over bright'],
        'A level edge.',
      )
    case 'emboss':
      return edge(
        facts,
        ['the upper left', 'the lower right'],
        ['a slope', 'a slope'],
        'Lit like a relief.',
      )
    case 'blur':
      return {
        parts: [
          'A mean of all of them, the middle counting most: ',
          middle,
          ' becomes ',
          result,
          '.',
        ],
        meaning:
          change === 0
            ? 'The neighbours agree: little changes.'
            : change < 0
              ? 'Darker neighbours pull it down.'
              : 'Brighter neighbours pull it up.',
      }
    case 'sharpen':
      return {
        parts: ['The middle, enlarged, less its neighbours: ', middle, ' becomes ', result, '.'],
        meaning:
          change === 0
            ? 'It is like its neighbours: no change.'
            : change > 0
              ? 'Brighter than around: brighter still.'
              : 'Darker than around: darker still.',
      }
    case undefined:
      return {
        parts: [
          'The positive products make ',
          positive,
          ', the negative ones ',
          negative,
          '; together ',
          result,
          '.',
        ],
        meaning: '',
      }
  }
}

export const messages: StageMessages = {
  title: 'Convolution · stridefold lab',
  brand: 'stridefold lab',
  headline: ['Convolution:', 'slide a small grid of weights over numbers, multiply, add.'],
  skip: 'Skip to the window',
  yourPicture: 'Your picture',
  more: 'More',
  otherLanguage: '中文',
  theme: 'Light or dark',
  share: 'Share',
  shared: 'Link copied',
  present: 'Present',
  help: 'Help',
  input: 'Input',
  output: 'Output',
  kernel: 'Kernel',
  dragMe: 'Drag me',
  nothingYet: 'Nothing yet. Press Play, or drag the window.',
  pictureSize: (width, height) => `${width} × ${height} grey values, 0 black to 255 white`,
  partSize: (width, height, allWidth, allHeight) =>
    `${width} × ${height} of the ${allWidth} × ${allHeight} numbers`,
  planeSize: (width, height) => `${width} × ${height}`,
  midGrey: '0 is mid-grey; beyond: black, white',
  samples: (count, isPicture) => some(count, isPicture ? 'pixel' : 'number'),
  weights: (count) => some(count, 'weight'),
  products: (count) => some(count, 'product'),
  turned: 'turned by 180°',
  addUp: 'add them up',
  bias: 'bias',
  sampleAt: (row, column, isPadding) =>
    `${isPadding ? 'padding' : 'input'} row ${row}, column ${column}`,
  weightAt: (row, column) => `weight row ${row}, column ${column}`,
  productAt: (row, column) => `product row ${row}, column ${column}`,
  windowAt: (row, column) => `Window at row ${row}, column ${column}`,
  windowKeys: 'Arrow keys move it, with Shift by five.',
  notNumber: 'Not a number. The weight is unchanged.',
  kernels: {
    blur: 'blur',
    sharpen: 'sharpen',
    'edges-x': 'edges ↔',
    'edges-y': 'edges ↕',
    emboss: 'emboss',
  },
  size: 'Size',
  play: 'Play',
  pause: 'Pause',
  again: 'Again',
  back: 'One step back',
  on: 'One step on',
  clear: 'Empty the output',
  scrub: 'Position of the window',
  of: (place, count) => `${number(place)} of ${number(count)}`,
  lookAs: (count) => `Look at the same ${some(count, 'product')} as …`,
  docks: {
    matrix: ['matrix', 'im2col'],
    sparse: ['sparse matrix', 'Toeplitz'],
    memory: ['memory', 'strides'],
    signal: ['signal', 'one row'],
    sizes: ['sizes', 'padding'],
    flip: ['flip', '180°'],
    sum: ['sum', 'step by step'],
  },
  question: 'A question first: which weights leave the picture as it is?',
  answer: 'Show me',
  fromArticle: 'From an article?',
  articleExample: 'the 3×3 example with 145.06',
  threeModes: 'the three modes',
  stepByStep: 'step by step',
  toPicture: 'back to the picture',
  wholePicture: 'Whole picture',
  zoomIn: 'Zoom in',
  openWorkspace: 'All controls',
  close: 'Close',
  speaker: 'Speaker’s window',
  presentationEnded: 'The presentation has ended.',
  notes: 'Notes',
  loading: 'Loading …',
  verdict,
  chain: ({ products, sum, divisor, bias, result }) => ({
    parts: [
      ...products,
      ' make ',
      sum,
      ...(divisor ? ['; divided by ', divisor] : []),
      ...(bias ? ['; the bias ', bias] : []),
      ...(divisor || bias ? [' makes it ', result] : []),
      '.',
    ],
    meaning: '',
  }),
  single: (value, result, isMiddle, isOne) => ({
    parts: ['Only one weight is not 0: ', value, ' becomes ', result, '.'],
    meaning: !isOne
      ? ''
      : isMiddle
        ? 'The picture stays as it is.'
        : 'The picture stays as it is, but moves.',
  }),
  running: (products, sum) => [...products, ' = ', sum],
  spoken: (row, column, result, sentence) =>
    `Output row ${row}, column ${column}: ${result}. ${sentence}`,
}
