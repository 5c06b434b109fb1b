/**
 * How is each part of the state written in a link, and what may stand there? A table: key, how it
 * is written, how it is read. Reading throws a sentence for what it cannot understand.
 */

import { type Focus, formatCase, parseCase } from 'stridefold/sync'
import { questionOf, questionText } from './question.ts'
import {
  LAST_STAGE,
  type LabState,
  languages,
  layouts,
  type Numbers,
  signalNames,
  themes,
  units,
  VIEW_AXES,
  VIEW_CELLS,
  VIEW_REACH,
  type ViewSpec,
  viewNames,
  type Wrote,
  weightingNames,
  windowForms,
} from './state.ts'

interface Field<T> {
  readonly key: string
  write(value: T): string
  read(text: string): T
}

type Fields = { readonly [Name in keyof LabState]-?: Field<LabState[Name]> }

export const MOST_VALUES: number = 1 << 16
const MOST_NOISE = 1000

const finite = (word: string): number => {
  const value = word.trim() === '' ? Number.NaN : Number(word)
  if (!Number.isFinite(value)) throw new Error(`'${word}' is no number`)
  return value
}

const whole = (word: string): number => {
  const value = finite(word)
  if (!Number.isSafeInteger(value)) throw new Error(`'${word}' is no whole number`)
  return value
}

const listOf = (read: (word: string) => number) => (text: string) => {
  const words = text === '' ? [] : text.split(',')
  if (words.length > MOST_VALUES)
    throw new Error(`${words.length} numbers are more than the ${MOST_VALUES} that a link may hold`)
  return words.map(read)
}

const spelt = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

const within = (
  least: number,
  most: number,
  read: (word: string) => number,
): Omit<Field<number>, 'key'> => ({
  write: String,
  read: (text) => {
    const value = read(text)
    if (value < least || value > most)
      throw new Error(`${text} is not between ${least} and ${most}`)
    return value
  },
})

const oneOf = <T extends string>(words: readonly T[]): Omit<Field<T>, 'key'> => ({
  write: (value) => value,
  read: (text) => {
    const word = words.find((candidate) => candidate === text)
    if (word === undefined) throw new Error(`'${text}' is none of ${words.join(', ')}`)
    return word
  },
})

const numbers: Omit<Field<Numbers>, 'key'> = {
  write: (value) => {
    if ('values' in value) return value.values.map(spelt).join(',')
    if ('signal' in value) return `signal:${value.signal},${value.noise},${value.seed}`
    return 'weighting' in value ? `weighting:${value.weighting}` : `seed:${value.seed}`
  },
  read: (text) => {
    const [kind, rest = ''] = text.split(':')
    if (kind === 'seed') return { seed: whole(rest) }
    if (kind === 'weighting') return { weighting: oneOf(weightingNames).read(rest) }
    if (kind !== 'signal') return { values: listOf(finite)(text) }
    const [name = '', noise = '', seed = ''] = rest.split(',')
    return {
      signal: oneOf(signalNames).read(name),
      noise: within(0, MOST_NOISE, finite).read(noise),
      seed: whole(seed),
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

const places = ['output', 'input', 'kernel', 'im2col', 'toeplitz'] as const

const focus: Omit<Field<Focus>, 'key'> = {
  write: (value) =>
    Object.entries(value)
      .map(([view, index]) => `${view}:${index}`)
      .join(),
  read: (text) => {
    const [view, list = ''] = text.split(':')
    const index = listOf(whole)(list)
    if (view === 'byte' && index.length === 1) return { byte: index[0]! }
    const place = places.find((name) => name === view)
    if (place === undefined || index.length === 0) throw new Error(`'${text}' is no cell`)
    // One of the five views, each of which takes a list.
    return { [place]: index } as unknown as Focus
  },
}

/** shape/strides/offset, such as `3x2/7x-1/4`. */
const viewField: Omit<Field<ViewSpec>, 'key'> = {
  write: ({ shape, strides, offset }) => `${shape.join('x')}/${strides.join('x')}/${offset}`,
  read: (text) => {
    const [shapeText = '', stridesText = '', offsetText = '', ...more] = text.split('/')
    const list = (word: string): number[] => word.split('x').map(whole)
    const [shape, strides, offset] = [list(shapeText), list(stridesText), whole(offsetText)]
    if (
      more.length > 0 ||
      shape.length !== strides.length ||
      shape.length > VIEW_AXES ||
      shape.some((extent) => extent < 1)
    )
      throw new Error(`'${text}' is no view: shape/strides/offset, such as 3x2/7x-1/4, is needed`)
    if (shape.reduce((n, extent) => n * extent, 1) > VIEW_CELLS)
      throw new Error(`a view of more than ${VIEW_CELLS} cells is not shown`)
    if ([...strides, offset].some((number) => Math.abs(number) > VIEW_REACH))
      throw new Error(`strides and offset lie between -${VIEW_REACH} and ${VIEW_REACH}`)
    return { shape, strides, offset }
  },
}

const cell: Omit<Field<readonly number[]>, 'key'> = {
  write: (index) => index.join(','),
  read: (text) => {
    const index = listOf(whole)(text)
    if (index.length === 0 || index.some((i) => i < 0))
      throw new Error(`'${text}' is no cell of a view`)
    return index
  },
}

/** element:before, such as `8:4`. */
const wrote: Omit<Field<Wrote>, 'key'> = {
  write: ({ element, before }) => `${element}:${spelt(before)}`,
  read: (text) => {
    const [element = '', before = '', ...more] = text.split(':')
    if (more.length > 0) throw new Error(`'${text}' is not element:before, such as 8:4`)
    return { element: whole(element), before: finite(before) }
  },
}

export const fields: Fields = {
  problem: {
    key: 'case',
    write: (text) => text.replaceAll(' ', '_'),
    read: (text) => formatCase(parseCase(text.replaceAll('_', ' '))),
  },
  input: { key: 'x', ...numbers },
  kernel: { key: 'k', ...numbers },
  bias: { key: 'bias', write: spelt, read: finite },
  views: {
    key: 'views',
    write: (views) => views.join(','),
    read: (text) => {
      const names = text === '' ? [] : text.split(',').map(oneOf(viewNames).read)
      return [...new Set(names)]
    },
  },
  focus: { key: 'at', ...optional(focus) },
  tap: { key: 'tap', ...optional(within(0, MOST_VALUES, whole)) },
  stage: { key: 'stage', ...within(0, LAST_STAGE, whole) },
  layout: { key: 'layout', ...oneOf(layouts) },
  windows: { key: 'windows', ...oneOf(windowForms) },
  view: { key: 'view', ...optional(viewField) },
  cell: { key: 'cell', ...optional(cell) },
  wrote: { key: 'wrote', ...optional(wrote) },
  rate: { key: 'rate', ...within(1, 64, whole) },
  unit: { key: 'unit', ...oneOf(units) },
  transposed: { key: 'transposed', ...onOff },
  solve: { key: 'solve', write: (text) => text, read: (text) => questionText(questionOf(text)) },
  turn: { key: 'turn', ...within(0, 180, whole) },
  present: { key: 'present', ...onOff },
  shortcuts: { key: 'keys', ...onOff },
  language: { key: 'lang', ...oneOf(languages) },
  theme: { key: 'theme', ...oneOf(themes) },
}
