/**
 * A link restores random states. Invalid parts of a link are reported and have no other effect.
 */

import fc from 'fast-check'
import { parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { type OpenPage, pageNames } from '../src/pages/page-names.ts'
import {
  alphaChoices,
  borders,
  channelChoices,
  type KernelSpec,
  maxFilters,
  type PhotoSettings,
  sampleNames,
  showings,
} from '../src/photo/settings.ts'
import { linkOf, stateOf } from '../src/state/link.ts'
import { solveError } from '../src/state/solve-check.ts'
import {
  defaultState,
  dockNames,
  type LabState,
  languages,
  layouts,
  signalNames,
  themes,
  units,
  viewNames,
  weightingNames,
  windowForms,
  writtenValue,
} from '../src/state/state.ts'
import type { OpenStory } from '../src/stories/story-names.ts'

const seeds = fc.record({ seed: fc.integer({ min: 0, max: 1e6 }) })
const values = (length: number) =>
  fc.record({
    values: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: length,
      maxLength: length,
    }),
  })

const signals = fc.record({
  signal: fc.constantFrom(...signalNames),
  noise: fc.double({ min: 0, max: 9, noNaN: true }).map((noise) => noise + 0),
  seed: fc.integer(),
})

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)

/** Kernels of the picture page: names with parameters, and weights. */
const kernels: fc.Arbitrary<KernelSpec> = fc.oneof(
  fc.constantFrom('sobel-x', 'gaussian:sigma=2,size=9', 'box:size=3x5').map((name) => ({ name })),
  fc
    .record({ width: fc.integer({ min: 1, max: 5 }), height: fc.integer({ min: 1, max: 31 }) })
    .chain(({ width, height }) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        values: fc.array(finite, { minLength: width * height, maxLength: width * height }),
      }),
    ),
)

const photos: fc.Arbitrary<PhotoSettings> = fc.record({
  picture: fc.constantFrom(...sampleNames, 'own' as const),
  filters: fc.array(
    fc.record({
      kernel: kernels,
      divisor: finite.filter((value) => value !== 0),
      offset: finite,
      isNormalised: fc.boolean(),
      isOn: fc.boolean(),
    }),
    { maxLength: maxFilters },
  ),
  border: fc.constantFrom(...borders),
  channels: fc.constantFrom(...channelChoices),
  alpha: fc.constantFrom(...alphaChoices),
  isLinear: fc.boolean(),
  show: fc.constantFrom('auto' as const, ...showings),
})

const openPages: fc.Arbitrary<OpenPage | undefined> = fc
  .tuple(fc.constantFrom(undefined, ...pageNames), fc.string())
  .map(([name, settings]) => name && { name, settings })

const openStories: readonly (OpenStory | undefined)[] = [
  undefined,
  { name: 'list' },
  { name: 'im2col', step: 3 },
  { name: 'own', step: 1 },
]

const states: fc.Arbitrary<LabState> = fc
  .record({
    rows: fc.integer({ min: 3, max: 6 }),
    columns: fc.integer({ min: 3, max: 7 }),
    pad: fc.integer({ min: 0, max: 2 }),
    flip: fc.boolean(),
  })
  .chain(({ rows, columns, pad, flip }) =>
    fc.record({
      problem: fc.constant(parseCase(`${rows}x${columns} * 3x2 p${pad}${flip ? ' flip' : ''}`).key),
      input: fc.oneof(seeds, signals, values(rows * columns)),
      kernel: fc.oneof(
        seeds,
        fc.record({ weighting: fc.constantFrom(...weightingNames) }),
        values(6),
      ),
      divisor: fc.constantFrom(1, 16, -0.5),
      bias: fc.double({ noNaN: true, noDefaultInfinity: true }),
      views: fc.uniqueArray(fc.constantFrom(...viewNames)),
      dock: fc.option(fc.constantFrom(...dockNames), { nil: undefined }),
      photo: fc.option(photos, { nil: undefined }),
      page: openPages,
      story: fc.constantFrom(...openStories),
      focus: fc.oneof(
        fc.constant(undefined),
        fc.record({ kernel: fc.constant([0, 0, 2, 1]) }),
        fc.record({ byte: fc.nat(20) }),
      ),
      tap: fc.option(fc.nat(5), { nil: undefined }),
      turn: fc.nat(180),
      stage: fc.nat(3),
      layout: fc.constantFrom(...layouts),
      windows: fc.constantFrom(...windowForms),
      transposed: fc.boolean(),
      rate: fc.integer({ min: 1, max: 64 }),
      unit: fc.constantFrom(...units),
      view: fc.option(
        fc
          .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -40, max: 40 })), {
            minLength: 1,
            maxLength: 4,
          })
          .map((axes) => ({
            shape: axes.map(([extent]) => extent),
            strides: axes.map(([, stride]) => stride),
            offset: axes.length * 3,
          })),
        { nil: undefined },
      ),
      cell: fc.constant(undefined),
      wrote: fc.constant(undefined),
      solve: fc.constantFrom(
        'pytorch,input:224,kernel:7,output:112',
        'numpy,input:9,kernel:3',
        'onnx-upper,input:9,kernel:3,padding:1:2',
      ),
      present: fc.boolean(),
      shortcuts: fc.boolean(),
      language: fc.constantFrom(...languages),
      theme: fc.constantFrom(...themes),
    }),
  )
  .chain((state) =>
    fc
      .record({
        place: fc.nat(),
        isChosen: fc.boolean(),
        isWritten: fc.boolean(),
        before: fc.integer(),
      })
      .map((more) => {
        const shape = state.view?.shape ?? [1, 1, 3, 3]
        const cell = more.isChosen ? shape.map((extent) => more.place % extent) : undefined
        if (!more.isWritten || 'seed' in state.input) return { ...state, cell }
        const element = more.place % state.input.values.length
        return {
          ...state,
          cell,
          input: { values: state.input.values.with(element, writtenValue) },
          wrote: { element, before: more.before },
        }
      }),
  )

test('a link restores a random state', () => {
  fc.assert(
    fc.property(states, (state) => {
      expect(stateOf(`#${linkOf(state)}`)).toEqual({ state, linkErrors: [] })
    }),
  )
})

test('seven by seven numbers stay below 300 characters', () => {
  const state = {
    ...defaultState,
    problem: '1x1x7x7 * 1x1x3x2',
    input: { values: Array.from({ length: 49 }, (_, i) => i) },
    focus: undefined,
  }
  expect(stateOf(linkOf(state)).state).toEqual(state)
  expect(linkOf(state).length).toBeLessThan(300)
})

test.each(['pytorch,input:0,kernel:3', 'nobody,input:9,kernel:3', 'pytorch', ''])(
  'the query %j is not valid, with a reason',
  (query) => {
    expect(stateOf(`#v1&solve=${query}`).state.solve).toBe(query)
    expect(solveError(query)).toEqual({ part: `solve=${query}`, reason: expect.any(String) })
    expect(solveError(defaultState.solve)).toBe(undefined)
  },
)

test.each([
  ['#hello', 'hello'],
  ['#v1&case=9x9', 'case=9x9'],
  ['#v1&at=output:99,99', 'output:0,99'],
  ['#v1&x=1,2,%ZZ', 'x=1,2,%ZZ'],
  ['#v1&case=9999x9999_*_3x3', '9999x9999'],
  ['#v1&view=3x/1x1/2', 'view'],
  ['#v1&view=9999x9999/0x0/0', 'view'],
  ['#v1&view=3/4294967296/0', 'view'],
  ['#v1&cell=1,2', 'cell'],
  ['#v1&cell=0,0,5,0', 'cell'],
  ['#v1&cell=-1', 'cell'],
  ['#v1&wrote=8:4', 'wrote'],
  ['#v1&wrote=8', 'wrote'],
  ['#v1&unit=miles', 'unit'],
  ['#v1&x=signal:square,1,2', 'x=signal:square,1,2'],
  ['#v1&k=weighting:lead', 'k=weighting:lead'],
  ['#v1&__proto__=1', '__proto__=1'],
])('%s is not valid: it is reported, and the default is used', (link, part) => {
  const { state, linkErrors: problems } = stateOf(link)
  expect(problems).toHaveLength(1)
  expect(problems[0]?.part.slice(0, 4)).toBe(
    part.replace('9999x9999', '1x1x9999').replace('output:0,99', 'output').slice(0, 4),
  )
  expect(state.problem).toBe(defaultState.problem)
})
