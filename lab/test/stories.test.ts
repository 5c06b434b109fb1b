/**
 * Stories as data: every story of the lab is valid, and the lab computes every answer. Numbers are
 * compared with the library's layers, which the questions do not use. Stories with faults are
 * refused, with the place and what was needed.
 */

import { readFileSync } from 'node:fs'
import { conv1d, conv2d, parseCase } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { frameOf } from '../src/model/frame.ts'
import { inputRange, kernelRange } from '../src/model/plain-values.ts'
import { valuesOf } from '../src/model/values-of.ts'
import { linkOf, stateOf } from '../src/state/link.ts'
import { type Answer, answerOf, linkState } from '../src/stories/answers.ts'
import { holds, numberOf, type Scope } from '../src/stories/expression.ts'
import { numbersOf, quantityNames } from '../src/stories/quantities.ts'
import { answerFaults, readStory } from '../src/stories/read-story.ts'
import type { Step, Story } from '../src/stories/story.ts'
import { readOpenStory, storyNames, writeOpenStory } from '../src/stories/story-names.ts'
import { storyText } from './story-files.ts'

function read(text: string): Story {
  const result = readStory(text)
  if ('faults' in result) throw new Error(JSON.stringify(result.faults))
  return result.story
}

const stories = storyNames.map((name) => [name, read(storyText(name))] as const)
const steps = stories.flatMap(([name, { steps }]) =>
  steps.map((step, i) => ({ name: `${name}:${i + 1}`, step })),
)
const asked = (steps: readonly { name: string; step: Step }[]) =>
  steps.flatMap(({ name, step }) => (step.ask ? [{ name, step, ask: step.ask }] : []))

const rest = async (): Promise<void> => undefined

test.each(stories)('%s: 8 to 12 steps, each with a question, and no fault', async (_, story) => {
  expect(story.steps.length).toBeGreaterThanOrEqual(8)
  expect(story.steps.length).toBeLessThanOrEqual(12)
  expect(story.steps.filter(({ ask }) => ask).length).toBe(story.steps.length)
  expect(await answerFaults(story, rest)).toEqual([])
})

test.each(asked(steps))('$name: links are as the lab writes them', ({ step, ask }) => {
  for (const link of [step.link, ask.reveal ?? step.link]) {
    const { state, linkErrors } = stateOf(`#${link}`)
    expect(linkErrors).toEqual([])
    expect(stateOf(`#${linkOf(state)}`).state).toEqual(state)
  }
})

/** All outputs by the library's layers, which compute otherwise than the definition. */
function outputsOf(link: string): ArrayLike<number> {
  const state = linkState(link)
  const { geometry: g, shapes } = frameOf(state.problem)
  const input = nested(valuesOf(state.input, shapes.input, inputRange), shapes.input)
  const given = valuesOf(state.kernel, shapes.kernel, kernelRange).map((w) => w / state.divisor)
  const kernel = nested(g.flip ? given.toReversed() : given, shapes.kernel)
  const options = {
    stride: g.axes.map(({ stride }) => stride),
    padding: g.axes.map(({ before, after }) => [before, after] as [number, number]),
    bias: [state.bias],
    dtype: 'float64',
  } as const
  return (g.axes.length === 1 ? conv1d : conv2d)(input as never, kernel as never, options as never)
    .data
}

function nested(values: readonly number[], [extent = 1, ...rest]: readonly number[]): unknown {
  if (rest.length === 0) return values
  const size = values.length / extent
  return Array.from({ length: extent }, (_, i) =>
    nested(values.slice(i * size, (i + 1) * size), rest),
  )
}

test('an asked output is that of the library, and the page does not show it yet', () => {
  let count = 0
  for (const { name, step, ask } of asked(steps)) {
    if (ask.kind !== 'number' || !ask.number.startsWith('output:')) continue
    count++
    const index = ask.number.slice('output:'.length).split(',').map(Number)
    const { shapes } = frameOf(linkState(step.link).problem)
    const place = index.slice(2).reduce((at, i, axis) => at * shapes.output[axis + 2]! + i, 0)
    const { value } = answerOf(step, ask) as Extract<Answer, { kind: 'number' }>
    expect(value, name).toBeCloseTo(outputsOf(step.link)[place]!, 9)
    // The window has passed the outputs up to its own.
    const { focus } = linkState(step.link)
    const at = focus && 'output' in focus ? focus.output : []
    const passed = at.slice(2).reduce((sum, i, axis) => sum * shapes.output[axis + 2]! + i, 0)
    expect(place, name).toBe(passed + 1)
  }
  expect(count).toBeGreaterThanOrEqual(4)
})

/** The answers, as the articles and their corrections have them. */
const expected: Readonly<Record<string, unknown>> = {
  'im2col:1': 108.06,
  'im2col:2': 1,
  'im2col:3': 1,
  'im2col:4': 1,
  'im2col:5': 121.06,
  'im2col:6': 6,
  'im2col:7': 4,
  'im2col:8': 2,
  'im2col:9': -99,
  'im2col:10': 128,
  'im2col:11': [1],
  'im2col:12': [2, 3],
  'modes:1': 6,
  'modes:2': 8,
  'modes:3': 20,
  'modes:4': 36,
  'modes:5': 7,
  'modes:6': 1,
  'modes:7': [1],
  'modes:8': [2, 3],
  'modes:9': 0,
  'modes:10': 0,
  'modes:11': [4],
  'modes:12': 1,
}

test.each(asked(steps))('$name has the answer of the article', ({ name, step, ask }) => {
  const answer = answerOf(step, ask)
  if (answer.kind === 'number') {
    expect(answer.value).toBeCloseTo(expected[name] as number, 12)
    // A wrong number with a reason is never the right one.
    for (const { value } of answer.wrong) expect(value).not.toBe(answer.value)
  } else expect('cells' in answer ? [...answer.right] : answer.right).toEqual(expected[name])
})

describe('expressions', () => {
  const scope: Scope = {
    here: numbersOf(linkState('v1&case=3x3_*_2x2&x=3,9,0,2,8,1,1,4,8&k=8,9,4,4&bias=0.06')),
    other: numbersOf(linkState('v1&case=5x5_*_3x3_s2_p1:2')),
  }
  test.each([
    ['output:0,0,0,0', 145.06],
    ['output:1,1 - output:0,0', -24],
    ['taps * outputs + 1', 17],
    ['other.before-rows + other.after-columns', 3],
    ['uses:1,1', 4],
    ['uses:0,0', 1],
    ['im2col:3,0', 8],
    ['toeplitz:0,0', 8],
    ['toeplitz:0,8', 0],
    ['address:1,0', 12],
    ['kernel-sum', 25],
    ['products / taps', 4],
    ['input-rows * kernel-columns', 6],
    ['view-last', 8],
  ])('%s is %d', (text, value) => {
    expect(numberOf(text, scope)).toBe(value)
  })
  test('conditions compare, also in a chain, and read the cell', () => {
    expect(holds('1 < taps < 5', scope)).toBe(true)
    expect(holds('1 < taps < 4', scope)).toBe(false)
    expect(holds('output:0,1 = output:1,0', scope)).toBe(true)
    expect(holds('uses:* = 4', { ...scope, cell: [0, 0, 1, 1] })).toBe(true)
    expect(holds('uses:* = 4', { ...scope, cell: [0, 0, 0, 1] })).toBe(false)
  })
  test.each([
    ['taps', 'compares nothing'],
    ['tapss = 4', "'tapss' is not a number of the lab"],
    ['output:9,9 = 1', 'output [9,9] is not in an array of shape'],
    ['output:a = 1', 'write whole numbers'],
    ['taps = ', 'a number is missing'],
    ['taps 4 = 1', "found '4', expected"],
    ['uses:* = 4', 'has no cell'],
    ['view:9,9 = 1', 'has no cell [9,9]'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => holds(text, scope)).toThrow(message)
  })
  test('other. needs another state', () => {
    expect(() => numberOf('other.taps', { ...scope, other: undefined })).toThrow('needs "other"')
  })
})

describe('a story with faults is refused, with the place', () => {
  const link = 'v1&case=3x3_*_2x2&x=3,9,0,2,8,1,1,4,8&k=8,9,4,4'
  const ask = { question: 'Next?', because: 'So.', number: 'output:0,1' }
  const story = (step: object, more: object = {}): string =>
    JSON.stringify({ title: 'T', steps: [{ link, say: 'S', ...step }], ...more })

  test('a plain story is read, and one language serves both', () => {
    const { title, steps } = read(story({ ask }))
    expect(title).toEqual({ en: 'T', zh: 'T' })
    expect(steps[0]!.ask?.question.zh).toBe('Next?')
    expect(read(story({ say: { zh: '好' } })).steps[0]!.say).toEqual({ en: '好', zh: '好' })
    // A whole address is a link too.
    expect(read(story({ link: `https://host/lab/#${link}` })).steps[0]!.link).toBe(link)
  })

  test.each([
    ['not JSON', '{', '', 'This is not JSON'],
    ['a list', '[]', '', '[] came, needed {"title"'],
    ['no steps', '{"title":"T"}', 'steps', 'nothing came, needed a list of steps'],
    ['no sentence', story({ say: 3 }), 'steps[0].say', '3 came, needed a text'],
    ['a wrong link', story({ link: 'v1&case=3y3' }), 'steps[0].link', "'case=3y3'"],
    ['a wrong place', story({ link: `${link}&at=output:0,0,5,5` }), 'steps[0].link', 'output'],
    ['a wrong name', story({ aks: ask }), 'steps[0].aks', 'is not part of the format'],
    ['no answer', story({ ask: { question: 'Q', because: 'B' } }), 'steps[0].ask', 'no answer'],
    [
      'two answers',
      story({ ask: { ...ask, choices: [] } }),
      'steps[0].ask',
      'number and choices came',
    ],
    [
      'an unknown array',
      story({ ask: { question: 'Q', because: 'B', cell: 'inputs', where: 'taps = 4' } }),
      'steps[0].ask.cell',
      '"inputs" came, needed one of input',
    ],
    [
      'a fault that is no number',
      story({ ask: { question: 'Q', because: 'B', find: [['a']], is: 'output' } }),
      'steps[0].ask.find[0][0]',
      '"a" came, needed a number',
    ],
  ])('%s', (_, text, place, message) => {
    const result = readStory(text)
    expect('faults' in result && result.faults).toContainEqual({
      place,
      message: expect.stringContaining(message),
    })
  })

  test.each([
    ['an unknown number', { ...ask, number: 'outputt:0,1' }, 'is not a number of the lab'],
    ['an output that is not there', { ...ask, number: 'output:7,7' }, 'output [7,7] is not in'],
    [
      'no right choice',
      { question: 'Q', because: 'B', choices: [{ text: 'a', if: 'taps = 5' }] },
      'the conditions of 0 choices hold',
    ],
    [
      'two right choices',
      {
        question: 'Q',
        because: 'B',
        choices: [
          { text: 'a', if: 'taps = 4' },
          { text: 'b', if: 'taps > 3' },
        ],
      },
      'the conditions of 2 choices hold, but it must be exactly one (choices 1, 2)',
    ],
    [
      'no fault to find',
      {
        question: 'Q',
        because: 'B',
        find: [
          [8, 9],
          [4, 4],
        ],
        is: 'kernel',
      },
      'the shown numbers have no fault',
    ],
    [
      'shown numbers of another shape',
      { question: 'Q', because: 'B', find: [[8, 9]], is: 'kernel' },
      '1 × 2 numbers are shown, but the lab has 2 × 2',
    ],
    [
      'no cell',
      { question: 'Q', because: 'B', cell: 'input', where: 'uses:* = 9' },
      'no cell fits',
    ],
  ])('%s', async (_, ask, message) => {
    const faults = await answerFaults(read(story({ ask })), rest)
    expect(faults).toEqual([{ place: 'steps[0].ask', message: expect.stringContaining(message) }])
  })
})

test('the example of docs/stories.md is a story without faults', async () => {
  const page = readFileSync(new URL('../../docs/stories.md', import.meta.url), 'utf8')
  const example = /```json\n([\s\S]*?)```/.exec(page)![1]!
  const story = read(example)
  expect(await answerFaults(story, rest)).toEqual([])
  expect(new Set(story.steps.map(({ ask }) => ask?.kind))).toEqual(
    new Set([undefined, 'number', 'choices', 'cell', 'find']),
  )
  // Every number that the page lists can be asked for, and no other.
  const [, table = ''] = page.split('## Expressions')
  const listed = [...table.matchAll(/^\| `([a-z0-9-]+)(:[^`]*)?`/gm)].map(
    ([, name, index]) => `${name}${index ? ':…' : ''}`,
  )
  expect(listed.toSorted()).toEqual(quantityNames.toSorted())
})

test('the link has the story and the step', () => {
  for (const text of ['im2col:3', 'modes:12', 'own:1', 'list'])
    expect(writeOpenStory(readOpenStory(text))).toBe(text)
  expect(() => readOpenStory('novel:1')).toThrow("'novel' is not one of im2col, modes, own, list")
  expect(() => readOpenStory('im2col:0')).toThrow('Steps count from 1')
  expect(parseCase(linkState('v1&story=im2col:3').problem)).toBeDefined()
})
