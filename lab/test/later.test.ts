/**
 * Values that arrive later: a newer request wins, whatever order the answers come in. Slices on the
 * page, for browsers without workers, give the numbers of the library.
 */

import { effect } from '@preact/signals'
import { checkedFit, OptionError, parseCase } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { later, type Running } from '../src/compute/later.ts'
import { arraysInSlices } from '../src/compute/slices.ts'
import { arraysOf, elementsOf } from '../src/model/arrays.ts'
import { copiesOf } from '../src/model/copies.ts'
import { frameOf, isLarge } from '../src/model/frame.ts'
import { highlightOf } from '../src/model/highlight.ts'
import { indexAt, product, randomFractions } from '../src/model/numbers.ts'
import { viewModelOf } from '../src/model/view-model.ts'

interface Job extends Running<string> {
  isCancelled: boolean
  answer(text: string): void
}

function job(): Job {
  let answer: (text: string) => void = () => {}
  const result = new Promise<string>((resolve) => {
    answer = resolve
  })
  const made: Job = {
    result,
    answer: (text) => answer(text),
    isCancelled: false,
    cancel: () => {
      made.isCancelled = true
    },
  }
  return made
}

test('a newer request wins, also if the older answer comes last', async () => {
  const [old, young] = [job(), job()]
  const first = later('slot', ['old'], () => old)
  expect(later('slot', ['old'], job)).toBe(first)
  const second = later('slot', ['young'], () => young)
  expect(old.isCancelled).toBe(true)
  const seen: (string | undefined)[] = []
  const stop = effect(() => void seen.push(second.value))
  young.answer('young')
  await young.result
  old.answer('old')
  await old.result
  expect([first.value, second.value]).toEqual([undefined, 'young'])
  expect(seen).toEqual([undefined, 'young'])
  stop()
})

test('a value that is there at once needs no waiting', () => {
  expect(later('at once', [1], () => 'value').value).toBe('value')
})

const numbers = { input: { seed: 3 }, kernel: { seed: 4 }, divisor: 1, bias: 2 }

describe.each([
  '1x1x300x70 * 1x1x9x9 s2,1 p4 reflect',
  '2x4x40x40 * 6x2x5x5 g2 d2 p3,1 flip',
  '1x3x90x90 * 2x3x5x5 i2 p-1,2 constant=3',
  '1x1x90000 * 1x1x40 same flip edge',
  '1x2x9x20x20 * 3x2x3x3x3 p1 wrap',
  '1x1x140x140 * 1x1x128x128 p1',
])('%s in slices', (problem) => {
  test('equals the call of the library', async () => {
    const frame = frameOf(problem)
    expect(isLarge(frame)).toBe(true)
    const sliced = await arraysInSlices({ problem, ...numbers }, () => false)
    expect(elementsOf(sliced)).toEqual(elementsOf(arraysOf(frame, { problem, ...numbers })))
  })
})

test('a cancelled computation in slices stops', async () => {
  let slices = 0
  const problem = '1x8x64x64 * 64x8x3x3'
  await arraysInSlices({ problem, ...numbers }, () => ++slices === 3)
  expect(slices).toBe(3)
})

describe.each(Array.from({ length: 12 }, (_, seed) => [seed]))('copies, seed %i', (seed) => {
  const next = randomFractions(seed)
  const from = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  const border = ['', 'edge', 'wrap', 'constant=2'][from(0, 3)]
  const problem =
    `1x2x${from(3, 6)}x${from(3, 6)} * 2x1x${from(1, 3)}x${from(1, 3)} g2 ` +
    `s${from(1, 2)} d${from(1, 2)} p${from(-1, 3)},${from(0, 2)} i${border ? 1 : from(1, 2)} ${border}`
  const fits = (() => {
    try {
      checkedFit(parseCase(problem))
      return true
    } catch (error) {
      if (error instanceof OptionError) return false
      throw error
    }
  })()
  test.skipIf(!fits)(`${problem}: as many as windows read each sample`, () => {
    const viewModel = viewModelOf({ problem, ...numbers })
    const { shapes } = viewModel
    const expected = Array.from({ length: product(shapes.input) }, (_, place) => {
      const highlight = highlightOf(viewModel, { input: indexAt(place, shapes.input) })
      return highlight.count
    })
    expect([...copiesOf(viewModel).data]).toEqual(expected)
  })
})
