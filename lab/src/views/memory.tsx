/**
 * The input as it lies in memory: a tape of addresses, a row for a cache line.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { light, scene } from '../model/shared.ts'
import { words } from '../words/words.ts'
import { MatrixGrid } from './matrix-grid.tsx'

const LINE = 64

export function Memory(): JSX.Element {
  const { input } = scene.value
  const marks = useComputed(() => light.value.marks('element'))
  const bytes = input.data.BYTES_PER_ELEMENT
  const across = LINE / bytes
  const inside = (row: number, column: number): number | undefined => {
    const element = row * across + column
    return element < input.data.length ? element : undefined
  }
  return (
    <MatrixGrid
      name="memory"
      label={words().matrixName.memory}
      part="memory"
      marks={marks}
      shape={[Math.ceil(input.data.length / across), across]}
      value={(row, column) => input.data[inside(row, column) ?? -1]}
      focus={(row, column) => {
        const element = inside(row, column)
        return element === undefined ? undefined : { byte: element * bytes }
      }}
      rowHead={(row) => String(row * LINE)}
    />
  )
}
