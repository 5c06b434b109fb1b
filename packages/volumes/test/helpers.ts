/** What tests of formats share: the formula of the fixtures, folders of their own, plain boxes. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DType, type NdArray, zeros } from 'stridefold'
import { onTestFinished } from 'vitest'
import type { Range } from '../src/index.ts'

export const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name)

/** A folder that is removed after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'volumes-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The formula of scripts/volume-fixtures.py. `kind` is that of NumPy. */
export function formula(shape: readonly number[], kind: 'b' | 'i' | 'f'): number[] {
  const count = shape.reduce((product, extent) => product * extent, 1)
  return Array.from({ length: count }, (_, i) => {
    const value = 7 * i + ((13 * i * i) % 101)
    if (kind === 'b') return value % 2
    return kind === 'f' ? (value % 2048) / 4 : value % 127
  })
}

export const wholeBox = (shape: readonly number[]): Range[] => shape.map((extent) => [0, extent])

/** The elements of a dense array. */
export const elements = (x: NdArray): number[] => [...(x.data as unknown as Iterable<number>)]

/** The elements of a box of a dense array, by their indices alone. */
export function boxOf(
  x: readonly number[],
  shape: readonly number[],
  box: readonly Range[],
): number[] {
  const visit = (axis: number, at: number): number[] => {
    if (axis === shape.length) return [x[at]!]
    const [start, end] = box[axis]!
    return Array.from({ length: end - start }, (_, i) =>
      visit(axis + 1, at * shape[axis]! + start + i),
    ).flat()
  }
  return visit(0, 0)
}

/** An array of random elements of a dtype. */
export function randomArray(shape: readonly number[], dtype: DType, next: () => number): NdArray {
  const x = zeros([...shape], dtype) as NdArray
  for (let i = 0; i < x.data.length; i++)
    x.data[i] = dtype.startsWith('float') ? next() - 0.5 : Math.floor(next() * 2 ** 32) | 0
  return x
}
