/**
 * How is each part of the state written in a link, and which values are valid? A table: key,
 * writer, reader. A reader throws an error with a message for text that is not valid.
 */

import { type Focus, formatCase, parseCase } from 'stridefold/sync'
import { product } from '../model/numbers.ts'
import { readPage, writePage } from '../pages/page-names.ts'
import { readPhoto, writePhoto } from '../photo/photo-link.ts'
import { readOpenStory, writeOpenStory } from '../stories/story-names.ts'
import {
  dockNames,
  type LabState,
  languages,
  lastStage,
  layouts,
  maxValues,
  maxViewAxes,
  maxViewCells,
  maxViewStride,
  type Numbers,
  pictureNames,
  signalNames,
  themes,
  units,
  type ViewSpec,
  viewNames,
  type WriteRecord,
  weightingNames,
  windowForms,
} from './state.ts'

interface Field<T> {
  readonly key: string
  write(value: T): string
  read(text: string): T
}

type Fields = { readonly [Name in keyof LabState]-?: Field<LabState[Name]> }

const maxNoise = 1000

const readNumber = (word: string): number => {
  const value = word.trim() === '' ? Number.NaN : Number(word)
  if (!Number.isFinite(value)) throw new Error(`'${word}' is not a number`)
  return value
}

const readInteger = (word: string): number => {
  const value = readNumber(word)
  if (!Number.isSafeInteger(value)) throw new Error(`'${word}' is not an integer`)
  return value
}

const listOf = (read: (word: string) => number) => (text: string) => {
  const words = text === '' ? [] : text.split(',')
  if (words.length > maxValues)
    throw new Error(`${words.length} numbers, but a link can hold at most ${maxValues}`)
  return words.map(read)
}

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

const numberBetween = (
  min: number,
  max: number,
  read: (word: string) => number,
): Omit<Field<number>, 'key'> => ({
  write: String,
  read: (text) => {
    const value = read(text)
    if (value < min || value > max) throw new Error(`${text} is not from ${min} to ${max}`)
    return value
  },
})

const oneOf = <T extends string>(words: readonly T[]): Omit<Field<T>, 'key'> => ({
  write: (value) => value,
  read: (text) => {
    const word = words.find((candidate) => candidate === text)
    if (word === undefined) throw new Error(`'${text}' is not one of ${words.join(', ')}`)
    return word
  },
})

/** Every move of the focus writes the link, so the text of a long list is kept. */
const listTexts = new WeakMap<readonly number[], string>()

function listText(values: readonly number[]): string {
  const text = listTexts.get(values) ?? values.map(numberText).join(',')
  listTexts.set(values, text)
  return text
}

const numbersField: Omit<Field<Numbers>, 'key'> = {
  write: (value) => {
    if ('values' in value) return listText(value.values)
    if ('picture' in value) return `picture:${value.picture}`
    if ('signal' in value) return `signal:${value.signal},${value.noise},${value.seed}`
    return 'weighting' in value ? `weighting:${value.weighting}` : `seed:${value.seed}`
  },
  read: (text) => {
    const [kind, argument = ''] = text.split(':')
    if (kind === 'seed') return { seed: readInteger(argument) }
    if (kind === 'picture') return { picture: oneOf(pictureNames).read(argument) }
    if (kind === 'weighting') return { weighting: oneOf(weightingNames).read(argument) }
    if (kind !== 'signal') return { values: listOf(readNumber)(text) }
    const [name = '', noise = '', seed = ''] = argument.split(',')
    return {
      signal: oneOf(signalNames).read(name),
      noise: numberBetween(0, maxNoise, readNumber).read(noise),
      seed: readInteger(seed),
    }
  },
}

const optional = <T>({
  write,
  read,
}: Omit<Field<T>, 'key'>): Omit<Field<T | undefined>, 'key'> => ({
  write: (value) => (value === undefined ? 'none' : write(value)),
  read: (text) => (text === 'none' ? undefined : read(text)),
})

const onOff: Omit<Field<boolean>, 'key'> = {
  write: (value) => (value ? 'on' : 'off'),
  read: (text) => oneOf(['on', 'off']).read(text) === 'on',
}

const indexedViews = ['output', 'input', 'kernel', 'im2col', 'toeplitz'] as const

const focusField: Omit<Field<Focus>, 'key'> = {
  write: (value) =>
    Object.entries(value)
      .map(([view, index]) => `${view}:${index}`)
      .join(),
  read: (text) => {
    const [view, list = ''] = text.split(':')
    const index = listOf(readInteger)(list)
    if (view === 'byte' && index.length === 1) return { byte: index[0]! }
    const place = indexedViews.find((name) => name === view)
    if (place === undefined || index.length === 0) throw new Error(`'${text}' is not a cell`)
    // TypeScript cannot infer this: `place` is one of the five views, and each takes a list.
    return { [place]: index } as unknown as Focus
  },
}

/** shape/strides/offset, such as `3x2/7x-1/4`. */
const viewField: Omit<Field<ViewSpec>, 'key'> = {
  write: ({ shape, strides, offset }) => `${shape.join('x')}/${strides.join('x')}/${offset}`,
  read: (text) => {
    const [shapeText = '', stridesText = '', offsetText = '', ...extraParts] = text.split('/')
    const list = (word: string): number[] => word.split('x').map(readInteger)
    const [shape, strides, offset] = [list(shapeText), list(stridesText), readInteger(offsetText)]
    if (
      extraParts.length > 0 ||
      shape.length !== strides.length ||
      shape.length > maxViewAxes ||
      shape.some((extent) => extent < 1)
    )
      throw new Error(`'${text}' is not a view. Write shape/strides/offset, such as 3x2/7x-1/4`)
    if (product(shape) > maxViewCells)
      throw new Error(`a view can have at most ${maxViewCells} cells`)
    if ([...strides, offset].some((number) => Math.abs(number) > maxViewStride))
      throw new Error(`strides and offset must be from -${maxViewStride} to ${maxViewStride}`)
    return { shape, strides, offset }
  },
}

const cellField: Omit<Field<readonly number[]>, 'key'> = {
  write: (index) => index.join(','),
  read: (text) => {
    const index = listOf(readInteger)(text)
    if (index.length === 0 || index.some((i) => i < 0))
      throw new Error(`'${text}' is not a cell of a view`)
    return index
  },
}

/** element:before, such as `8:4`. */
const wroteField: Omit<Field<WriteRecord>, 'key'> = {
  write: ({ element, before }) => `${element}:${numberText(before)}`,
  read: (text) => {
    const [element = '', before = '', ...extraParts] = text.split(':')
    if (extraParts.length > 0)
      throw new Error(`'${text}' is not a write. Write element:before, such as 8:4`)
    return { element: readInteger(element), before: readNumber(before) }
  },
}

export const fields: Fields = {
  problem: {
    key: 'case',
    write: (text) => text.replaceAll(' ', '_'),
    read: (text) => formatCase(parseCase(text.replaceAll('_', ' '))),
  },
  input: { key: 'x', ...numbersField },
  kernel: { key: 'k', ...numbersField },
  divisor: {
    key: 'div',
    write: numberText,
    read: (text) => {
      const value = readNumber(text)
      if (value === 0) throw new Error('the kernel cannot be divided by 0')
      return value
    },
  },
  bias: { key: 'bias', write: numberText, read: readNumber },
  views: {
    key: 'views',
    write: (views) => views.join(','),
    read: (text) => {
      const names = text === '' ? [] : text.split(',').map(oneOf(viewNames).read)
      return [...new Set(names)]
    },
  },
  dock: { key: 'dock', ...optional(oneOf(dockNames)) },
  photo: { key: 'photo', ...optional({ write: writePhoto, read: readPhoto }) },
  page: { key: 'page', ...optional({ write: writePage, read: readPage }) },
  story: { key: 'story', ...optional({ write: writeOpenStory, read: readOpenStory }) },
  focus: { key: 'at', ...optional(focusField) },
  tap: { key: 'tap', ...optional(numberBetween(0, maxValues, readInteger)) },
  stage: { key: 'stage', ...numberBetween(0, lastStage, readInteger) },
  layout: { key: 'layout', ...oneOf(layouts) },
  windows: { key: 'windows', ...oneOf(windowForms) },
  view: { key: 'view', ...optional(viewField) },
  cell: { key: 'cell', ...optional(cellField) },
  wrote: { key: 'wrote', ...optional(wroteField) },
  rate: { key: 'rate', ...numberBetween(1, 64, readInteger) },
  unit: { key: 'unit', ...oneOf(units) },
  transposed: { key: 'transposed', ...onOff },
  // The view that solves it checks it. The first screen does not load the solver.
  solve: { key: 'solve', write: (text) => text, read: (text) => text },
  turn: { key: 'turn', ...numberBetween(0, 180, readInteger) },
  present: { key: 'present', ...onOff },
  shortcuts: { key: 'keys', ...onOff },
  language: { key: 'lang', ...oneOf(languages) },
  theme: { key: 'theme', ...oneOf(themes) },
}
