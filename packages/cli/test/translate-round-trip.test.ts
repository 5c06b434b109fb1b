/**
 * Does `translate --from` read back what `translate --to` writes? Random problems, all systems.
 */

import { type Boundary, type ConvGeometry, OptionError, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { randomCases } from '../../../scripts/translate/random-case.ts'
import { page } from '../src/translate/page.ts'
import { readCode } from '../src/translate/read/readers.ts'
import { systems } from '../src/translate/systems.ts'
import type { System, Translation } from '../src/translate/translation.ts'

/** The translation; undefined if the system does not support the case. */
function translated(system: System, g: ConvGeometry): Translation | undefined {
  try {
    return system.translate(g)
  } catch (error) {
    if (error instanceof OptionError) return undefined
    throw error
  }
}

type Axis = ConvGeometry['axes'][number]

/** The sample that each position of the padding reads; for a constant, its value. */
function outside({ input, inputDilation, before, after }: Axis, border: Boundary): unknown {
  if (before <= 0 && after <= 0) return []
  if (border === 'zero' || typeof border === 'object') return border
  const last = (input - 1) * inputDilation
  const fold = (i: number): number => {
    if (i >= 0 && i <= last) return i
    if (border === 'edge' || last === 0) return i < 0 ? 0 : last
    if (border === 'wrap') return fold(i < 0 ? i + last + 1 : i - last - 1)
    const shift = border === 'symmetric' ? 1 : 0
    return fold(i < 0 ? -i - shift : 2 * last - i + shift)
  }
  return Array.from({ length: last + 1 + Math.max(before, 0) + Math.max(after, 0) }, (_, i) =>
    fold(i - Math.max(before, 0)),
  )
}

/** The numbers that have an effect: a border without padding and a flip of one weight have none. */
function meaning(g: ConvGeometry): object {
  const axes = g.axes.map((axis, a) => ({ ...axis, outside: outside(axis, g.boundary[a]!) }))
  // WebNN has two axes: a signal is an image with one row.
  const isRow =
    axes.length === 2 && [axes[0]!.input, axes[0]!.kernel, axes[0]!.output].join() === '1,1,1'
  return {
    batch: g.batch,
    channels: g.channels,
    filters: g.filters,
    groups: g.groups,
    flip: g.flip && g.axes.some(({ kernel }) => kernel > 1),
    dtype: g.dtype,
    axes: isRow ? axes.slice(1) : axes,
  }
}

test.each(systems.map((system) => [system.name, system] as const))(
  '%s: what --to writes is read back as the same case',
  (name, system) => {
    const { next } = randomCases(7)
    let count = 0
    for (let n = 0; n < 500; n++) {
      const g = parseCase(next())
      if (g.axes.some(({ output }) => output === 0)) continue
      const translation = translated(system, g)
      if (translation === undefined) continue
      const text = page({ system, geometry: g, translation })
      let read: object
      try {
        read = meaning(readCode(text, name, {}).geometry)
      } catch (error) {
        throw new Error(`${g.key}\n${text}\n${error}`)
      }
      expect(read, `${g.key}\n${text}`).toEqual(meaning(g))
      count++
    }
    expect(count).toBeGreaterThan(3)
  },
)
