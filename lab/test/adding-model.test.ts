/**
 * The page “Adding up” without a browser: what samples send adds up to the library's output of a
 * layer and of a transposed layer, and its settings survive the link.
 */

import { conv2d, convInputGradient, convTranspose2d, ndarray } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { type AddingModel, addingModelOf, cellsOf, samplesOf } from '../src/adding/adding-model.ts'
import { en } from '../src/adding/messages/en.ts'
import { zh } from '../src/adding/messages/zh.ts'
import {
  type AddingSettings,
  fits,
  readSettings,
  usualSettings,
  writeSettings,
} from '../src/adding/settings.ts'

const all: AddingSettings[] = []
for (const isTransposed of [false, true])
  for (const kernel of [1, 2, 3, 4])
    for (const stride of [1, 2, 3])
      for (const padding of [0, 1, 2]) {
        const settings = { ...usualSettings, isTransposed, kernel, stride, padding }
        if (fits(settings)) all.push(settings)
      }

/** The whole output, from the library's call. */
function called(settings: AddingSettings, { input, kernel }: AddingModel): number[] {
  const [x, k] = [input, kernel].map(({ data, rows, columns }) =>
    ndarray(Float64Array.from(data), [1, 1, rows, columns]),
  )
  const { stride, padding } = settings
  const call = settings.isTransposed ? convTranspose2d : conv2d
  const options = { stride, padding: [padding, padding], accuracy: 'strict' } as const
  return Array.from(call(x!, k!, options).data)
}

test('there are many cases', () => expect(all.length).toBeGreaterThan(45))

describe.each(all)('%o', (settings) => {
  const model = addingModelOf(settings)
  const { sent, weights, after, counts, input, reach } = model

  test('the shares of all samples are the output of the call', () => {
    const output = Array.from(after.at(-1)!.data, (value) => value + 0)
    expect(output).toEqual(called(settings, model).map((value) => value + 0))
    for (const [cell, value] of output.entries()) {
      const senders = samplesOf(model, cell)
      expect(senders.reduce((sum, sample) => sum + sent[sample]!.data[cell]!, 0) + 0).toBe(
        value + 0,
      )
      for (const sample of senders)
        expect(weights[sample]!.data[cell]! * input.data[sample]! + 0).toBe(
          sent[sample]!.data[cell]! + 0,
        )
      expect(counts.data[cell]).toBe(senders.length)
    }
  })

  test('one sample after the other is added, only where it reaches', () => {
    for (const [sample, { data }] of sent.entries()) {
      const cells = new Set(cellsOf(model, sample))
      for (let cell = 0; cell < data.length; cell++) {
        expect(after[sample + 1]!.data[cell]! - after[sample]!.data[cell]!).toBe(
          cells.has(cell) ? data[cell]! + 0 : 0,
        )
        expect(reach[sample]!.data[cell]).toBe(cells.has(cell) ? 1 : 0)
      }
    }
  })
})

test('the transposed layer is the gradient of the layer that goes the other way', () => {
  const settings = { ...usualSettings, isTransposed: true, stride: 2, padding: 1 }
  const { input, kernel, after } = addingModelOf(settings)
  const { rows, columns, data } = after.at(-1)!
  const [y, k] = [input, kernel].map((plane) =>
    ndarray(Float64Array.from(plane.data), [1, 1, plane.rows, plane.columns]),
  )
  const gradient = convInputGradient(y!, k!, [1, 1, rows, columns], {
    stride: 2,
    padding: [1, 1],
    accuracy: 'strict',
  })
  expect(Array.from(gradient.data)).toEqual(Array.from(data))
})

test('a kernel that the stride divides makes no checkerboard inside', () => {
  const inside = (kernel: number): number[] => {
    const settings = { ...usualSettings, isTransposed: true, kernel, stride: 2, padding: 0 }
    const { rows, columns, data } = addingModelOf(settings).counts
    const counts = Array.from(data).filter((_, i) => {
      const [y, x] = [Math.floor(i / columns), i % columns]
      return y >= kernel && x >= kernel && y < rows - kernel && x < columns - kernel
    })
    return [...new Set(counts)].sort()
  }
  expect(inside(2)).toEqual([1])
  expect(inside(3)).toEqual([1, 2, 4])
  expect(inside(4)).toEqual([4])
})

test('settings survive the link; parts that are not valid are named', () => {
  for (const settings of all)
    expect(readSettings(writeSettings({ ...settings, cell: 3, hasCounts: true }))).toEqual({
      settings: { ...settings, cell: 3, hasCounts: true },
      faults: [],
    })
  expect(readSettings('transposed;kernel:9;stride:x;more;sample:4')).toEqual({
    settings: { ...usualSettings, isTransposed: true, sample: 4 },
    faults: ['kernel:9', 'stride:x', 'more'],
  })
  expect(readSettings('kernel:1;padding:2').faults).toEqual(['kernel:1;stride:1;padding:2'])
})

const textsOf = (part: unknown, path = ''): readonly (readonly [string, string])[] =>
  typeof part === 'string'
    ? [[path, part]]
    : typeof part === 'function'
      ? [[path, String(path === '.countsAre' ? part([71, 72]) : part(71, 72, 73, 74))]]
      : Object.entries(part as object).flatMap(([name, value]) => textsOf(value, `${path}.${name}`))

test('both languages have the same texts', () => {
  const [english, chinese] = [en, zh].map((texts) => textsOf(texts))
  expect(chinese!.map(([path]) => path)).toEqual(english!.map(([path]) => path))
  for (const [path, text] of chinese!)
    expect(text, path).not.toMatch(/[A-Za-z]{2,}( [A-Za-z]+){2,}|[\u4e00-\u9fff] ?[,:;!?]/)
})
