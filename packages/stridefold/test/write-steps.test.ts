/**
 * Does a step that is written with loops as values have the strides of its formula? Are its
 * addresses the elements that the indices name?
 */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  at,
  loop,
  plus,
  rangeOf,
  rowMajorView,
  startingAt,
  times,
} from '../src/program/elements.ts'
import { add } from '../src/program/formula.ts'
import {
  boundOf,
  contract,
  elementwise,
  fourier,
  maximum,
  move,
} from '../src/program/write-steps.ts'

const [n, f, q, c, t] = [loop('n', 2), loop('f', 3), loop('q', 4), loop('c', 5), loop('t', 3)]
const x = rowMajorView('input', [2, 5, 10])
const k = rowMajorView('kernel', [3, 5, 3])
const y = rowMajorView('output', [2, 3, 4])

describe('a contraction', () => {
  test('has one stride per loop of grid, result and sum; 0 for loops that an index lacks', () => {
    const step = contract(
      { over: [f, q], sum: [c, t] },
      { to: at(y, n, f, q), a: at(x, n, c, plus(times(2, q), t, -1)), b: at(k, f, c, t) },
    )
    expect(step([n])).toEqual({
      kind: 'contract',
      result: [f, q],
      sum: [c, t],
      to: { buffer: 'output', offset: 0, strides: [12, 4, 1] },
      a: { buffer: 'input', offset: -1, strides: [50, 0, 2, 10, 1] },
      b: { buffer: 'kernel', offset: 0, strides: [0, 15, 0, 3, 1] },
      start: 'zero',
    })
  })

  test('has an epilogue over the loops of the result', () => {
    const bias = at(rowMajorView('bias', [3]), f)
    const step = contract(
      { over: [f] },
      { to: at(y, 0, f, 0), a: at(x, 0, 0, 0), b: at(k, f, 0, 0), epilogue: { bias, offset: 2 } },
    )
    expect(step([n]).epilogue).toEqual({
      bias: { buffer: 'bias', offset: 0, strides: [0, 1] },
      offset: 2,
    })
  })

  test('may use one loop twice in an address: its factors are added', () => {
    const diagonal = at(rowMajorView('output', [4, 4]), q, q)
    expect(move({ over: [q] }, { to: diagonal, from: 1 })([]).to.strides).toEqual([5])
  })

  test('rejects an index with a loop that the step does not have', () => {
    const step = contract(
      { over: [q] },
      { to: at(y, 0, f, q), a: at(x, 0, 0, q), b: at(k, 0, 0, 0) },
    )
    expect(() => step([])).toThrow("an index contains 'f', which is no loop of its step")
    expect(() => at(y, n, f)).toThrow('an element has one index per axis')
  })
})

test('a move has bounds over the same loops', () => {
  const index = plus(q, t, -1)
  const step = move(
    { over: [q, t] },
    { to: at(y, 0, t, q), from: at(x, 0, 0, index), bounds: boundOf(index, 10), outside: 0 },
  )
  expect(step([n]).bounds).toEqual([{ extent: 10, offset: -1, strides: [0, 1, 1] }])
  expect(rangeOf(index)).toEqual([-1, 4])
  expect(boundOf(plus(index, 1), 6)).toEqual([])
})

test('a transform takes the loop over its points last', () => {
  const points = rowMajorView('block', [2, 3, 4])
  const step = fourier(
    { over: [f], points: q },
    { re: at(points, 0, f, q), im: at(points, 1, f, q), direction: 'inverse' },
  )
  expect(step([n])).toEqual({
    kind: 'fft',
    loops: [f],
    points: 4,
    re: { buffer: 'block', offset: 0, strides: [0, 4, 1] },
    im: { buffer: 'block', offset: 12, strides: [0, 4, 1] },
    direction: 'inverse',
  })
})

test('a maximum has its window behind its results', () => {
  const step = maximum(
    { over: [q], window: [t] },
    { to: at(y, n, f, q), from: at(x, n, 0, plus(q, t)) },
  )
  expect(step([n, f])).toEqual({
    kind: 'maximum',
    result: [q],
    window: [t],
    to: { buffer: 'output', offset: 0, strides: [...y.strides] },
    from: { buffer: 'input', offset: 0, strides: [x.strides[0], 0, x.strides[2], x.strides[2]] },
  })
})

test('an elementwise step has one element of each source', () => {
  const formula = add({ source: 0 }, { source: 1 })
  const step = elementwise(
    { over: [f, q] },
    { to: at(y, n, f, q), from: [at(x, n, f, q), at(x, n, 0, q)], formula },
  )
  expect(step([n])).toEqual({
    ...{ kind: 'elementwise', loops: [f, q], formula },
    to: { buffer: 'output', offset: 0, strides: [...y.strides] },
    from: [
      { buffer: 'input', offset: 0, strides: [...x.strides] },
      { buffer: 'input', offset: 0, strides: [x.strides[0], 0, x.strides[2]] },
    ],
  })
})

test('indices are linear: multiples of sums, and views that start elsewhere', () => {
  const view = startingAt(x, 1, 2, 3)
  expect(at(view, 0, 0, times(-3, plus(q, times(2, t), 1)))).toEqual({
    buffer: 'input',
    offset: 50 + 20 + 3 - 3,
    terms: [
      { loop: q, factor: -3 },
      { loop: t, factor: -6 },
    ],
  })
})

test('docs/adding.md shows the direct sum as it is written', () => {
  const read = (path: string): string =>
    readFileSync(new URL(path, import.meta.url), 'utf8').replace(/\s+/g, ' ')
  const example = /```ts (const \{ n, group.*?) ```/.exec(read('../../../docs/adding.md'))![1]!
  expect(read('../src/algorithms/direct.ts')).toContain(example)
})
