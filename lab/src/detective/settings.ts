/**
 * The settings of the page “Detective”, as the link holds them: an example, or the three arrays.
 *
 *     page=detective:example:bytes
 *     page=detective:x:2x3:1,2,3,4,5,6;k:1x2:1,-1;y:2x2:1,1,1,1
 *
 * Without both the page shows its first example. Arrays with many numbers are not in the link.
 */

import { product } from '../model/numbers.ts'
import type { Pastes } from './arrangements.ts'
import { type ExampleName, exampleNames } from './examples.ts'
import type { ArrayName, Pasted } from './readings.ts'

export const arrayNames: readonly ArrayName[] = ['x', 'k', 'y']

export interface DetectiveSettings {
  readonly example: ExampleName | undefined
  readonly arrays: Partial<Pastes>
}

/** A longer link is cut off by many programs. */
export const maxLinked = 1200

export const fitsLink = ({ x, k, y }: Pastes): boolean =>
  x.values.length + k.values.length + y.values.length <= maxLinked

export function writeSettings({ example, arrays }: DetectiveSettings): string {
  if (example !== undefined) return example === exampleNames[0] ? '' : `example:${example}`
  return arrayNames
    .flatMap((name) => {
      const array = arrays[name]
      return array ? [`${name}:${array.shape.join('x')}:${array.values.join()}`] : []
    })
    .join(';')
}

/** Parts that are not valid are named, and are as if they were missing. */
export function readSettings(text: string): {
  readonly settings: DetectiveSettings
  readonly faults: readonly string[]
} {
  const faults: string[] = []
  let example: ExampleName | undefined
  const arrays: Partial<Record<ArrayName, Pasted>> = {}
  for (const part of text === '' ? [] : text.split(';')) {
    const [word = '', value = '', numbers] = part.split(':')
    const name = arrayNames.find((candidate) => candidate === word)
    const array = name && arrayOf(value, numbers ?? '')
    const named = word === 'example' ? exampleNames.find((each) => each === value) : undefined
    if (name && array) arrays[name] = array
    else if (named) example = named
    else faults.push(part.slice(0, 60))
  }
  const isEmpty = Object.keys(arrays).length === 0
  const settings = isEmpty
    ? { example: example ?? exampleNames[0], arrays }
    : { example: undefined, arrays }
  return { settings, faults }
}

function arrayOf(shapeText: string, list: string): Pasted | undefined {
  if (!/^\d{1,5}(x\d{1,5}){0,4}$/.test(shapeText)) return undefined
  const shape = shapeText.split('x').map(Number)
  const values = list.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)))
  const isWhole = values.length === product(shape) && values.length > 0
  return isWhole && values.every(Number.isFinite) ? { shape, values } : undefined
}
