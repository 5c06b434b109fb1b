/**
 * A named kernel with its parameters, as the text that the library and the command line take:
 * `gaussian:sigma=2,size=9`. And the range of each parameter on this page.
 */

import { kernels } from 'stridefold/sync'
import { maxKernel } from './settings.ts'

export interface NamedParts {
  readonly name: string
  /** As written: a number, or numbers of both axes such as 3x5. */
  readonly parameters: Readonly<Record<string, string>>
}

export function partsOf(text: string): NamedParts {
  const [name = '', ...rest] = text.split(':')
  const pairs = rest
    .join(':')
    .split(',')
    .map((word) => word.split('='))
    .flatMap(([key = '', value]) => (value === undefined ? [] : [[key.trim(), value.trim()]]))
  return { name: name.trim(), parameters: Object.fromEntries(pairs) }
}

export function textOf({ name, parameters }: NamedParts): string {
  const words = Object.entries(parameters).map(([key, value]) => `${key}=${value}`)
  return words.length === 0 ? name : `${name}:${words.join(',')}`
}

export interface Range {
  readonly min: number
  readonly max: number
  readonly step: number
}

/** Within these ranges every kernel fits, or the page says by how much it does not. */
const ranges: Readonly<Record<string, Range>> = {
  sigma: { min: 0.3, max: 3.7, step: 0.1 },
  size: { min: 1, max: maxKernel, step: 2 },
  length: { min: 1, max: maxKernel, step: 1 },
  angle: { min: 0, max: 345, step: 15 },
  amount: { min: 0, max: 4, step: 0.1 },
  ratio: { min: 1.1, max: 3, step: 0.1 },
  wavelength: { min: 2.5, max: 9, step: 0.5 },
  aspect: { min: 0.5, max: 3, step: 0.1 },
  phase: { min: 0, max: 345, step: 15 },
}

export interface Parameter extends Range {
  readonly name: string
  /** The number that it has without being given; undefined if it follows from others. */
  readonly usual: number | undefined
}

/** The parameters of a kernel that this page sets. The number of axes is always two. */
export const parametersOf = (name: string): readonly Parameter[] =>
  (kernels.list.find((kernel) => kernel.name === name)?.parameters ?? []).flatMap((parameter) => {
    const range = ranges[parameter.name]
    if (!range) return []
    const usual = Number(parameter.default)
    return [{ ...range, name: parameter.name, usual: Number.isFinite(usual) ? usual : undefined }]
  })

/** The named kernels by what they are for. */
export const groups: readonly (readonly [
  group: 'smoothing' | 'sharpening' | 'edges',
  names: readonly string[],
])[] = [
  ['smoothing', ['identity', 'box', 'gaussian', 'motion']],
  ['sharpening', ['sharpen', 'unsharp', 'emboss']],
  ['edges', kernels.list.map(({ name }) => name).slice(7)],
]
