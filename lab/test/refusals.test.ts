/**
 * Every sentence that the library can show on the page is translated, with its numbers. Hundreds of
 * wrong inputs are tried in every field, and every reason of an empty focus.
 */

import {
  asStrided,
  boundaryNames,
  explain,
  type Focus,
  ndarray,
  parseCase,
  solveShape,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { hole, patternOf, translateSentence } from '../src/messages/zh/library.ts'
import { librarySentences } from '../src/messages/zh/library-sentences.ts'
import { randomFractions } from '../src/model/numbers.ts'
import { fields } from '../src/state/fields.ts'
import { stateOf } from '../src/state/link.ts'
import { dialectNames, queryOf } from '../src/state/shape-query.ts'
import { problemWith } from '../src/state/valid.ts'
import { open } from './browser.ts'

const random = randomFractions(16)
const from = (min: number, max: number): number => min + Math.floor(random() * (max - min + 1))
const pick = <T>(list: readonly T[]): T => list[from(0, list.length - 1)]!

const messageOf = (run: () => unknown): readonly string[] => {
  try {
    run()
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

/** Wrong words in every place of case notation, and random changes of correct cases. */
function wrongCases(): readonly string[] {
  const words = [
    's0', 's1,2,3', 's', 's-1', 's1.5', 'd0', 'd1,2,3', 'i0', 'i-2', 'g0', 'g1,2', 'g3', 'g-1',
    'p', 'p1.5', 'p1:2:3', 'p1,2,3', 'p:', 'same same', 's2 s2', 'd2 d2', 'i2 i2', 'g1 g1', 'flip flip',
    'f64 f32', 'f16', 'edge wrap', 'border=', 'border=foo', 'border=edge,foo', 'edge,edge,edge', 'constant',
    'constant=', 'constant=x', 'foo', '?', 'samesame', '*', '，', 'mirror', 'circular', 'clamp',
  ] // biome-ignore format: a list of words
  const heads = ['5x7 * 3x2', '1x2x9 * 4x1x3', '1x4x5x7 * 6x2x3x2', '9 * 3']
  const whole = [
    '', ' ', '*', '5x7', '5x7 *', '5x7 * ', 'x', '5x * 3', '5x7 * 3', '5 * 3x3', '5x7x * 3x2x1', '5x7*3x2s2',
    '0x7 * 3x2', '5x7 * 0x2', '5x7 * 3x9', '5x7 * 9x2 p1', '5x7 * 3x2 p-3', '1x3x5x5 * 4x2x3x3', '1x4x5x5 * 4x2x3x3',
    '1x4x5x5 * 3x2x3x3 g2', '2x3x9 * 4x2x3', '4x4x9 * 4x2x3', '3x3x3 * 3x3x3', '4x4x4 * 4x2x2 g4', '4x4x9 * 4x2x3 g1',
    '1x6x9x9 * 4x2x3x3 g2', '1x5x9x9 * 4x2x3x3 g2', '2x6x9 * 4x2x3 g2', '2x5x9 * 4x2x3 g2',
    '99999999999999999999x3 * 2x2', '3000000x3000000 * 1', '3000000000x3000000000 * 1x1', '2x2 * 3000000000x3000000000', '300x300 * 257x257', '3000000x3000000 * 1x1', '2000x2000 * 3x3',
    '1x1x3x3 * 90x1x30x30', '1x1x1x1x1x1x1 * 1x1x1x1x1x1x1', '1x1x9x9x9x9 * 1x1x3x3x3x3', '512x512 * 41x41 same',
    '9007199254740991 * 3 p9007199254740991', '9 * 3 s9007199254740991 p9007199254740991', '100000 * 70000 same',
    '3 * 3 p90071992547409900', '1x100000000x9x9 * 100000000x1x1x1 g100000000', '1x1x2 * 90000000x1x100000000',
    '90000000x1x100000000 * 1x1x1', `1x1${'x1'.repeat(70)} * 1x1${'x1'.repeat(70)}`,
    '1x1x300000000 * 90000000x1x1', '-5x7 * 3x2', '5x7 * -3x2', '5,7 * 3,2', '５x7 * 3x2', '5x7 卷积 3x2', '5 7 * 3 2',
  ] // biome-ignore format: a list of cases
  const changed = Array.from({ length: 600 }, () => {
    const text = [...`${pick(heads)} ${pick(['s2', 'd1,2', 'p1:2', 'same', 'g2', 'edge', 'flip'])}`]
    for (let times = from(1, 3); times > 0; times--)
      text.splice(from(0, text.length), from(0, 2), pick([...'0123456789xXspdgif,:=*-. ', '']))
    return text.join('')
  })
  return [...whole, ...heads.flatMap((head) => words.map((word) => `${head} ${word}`)), ...changed]
}

function solverMessages(): readonly string[] {
  const numbers = '|0|-1|1|2|3|7|112|224|1.5|same|full|foo|1:2|1:2:3|9999999'.split('|')
  const paddings = [...numbers, 'valid', 'causal', 'same-lower']
  const names = ['input', 'kernel', 'stride', 'dilation', 'padding', 'output'] as const
  const queries = Array.from({ length: 3000 }, () => {
    const parts = names.flatMap((name) => {
      const value =
        random() < 0.7
          ? pick(
              name === 'padding' ? [...paddings, '0', '3'] : ['', '1', '2', '3', '7', '12', '224'],
            )
          : pick(paddings)
      return value === '' ? [] : [`${name}:${value}`]
    })
    return [random() < 0.97 ? pick(dialectNames) : pick(['torch', 'pytorh', '']), ...parts].join()
  })
  const written = [
    'pytorch',
    'pytorch,foo:3',
    'pytorch,output:3',
    'pytorch,kernel:3,padding:1,output:3',
    'pytorch,input:3,output:3',
    'pytorch,input:3,kernel:3',
    'pytorch,stride:1,dilation:1,padding:0,kernel:3',
    'pytorch,stride:1,dilation:1,padding:0,input:3,output:1',
    'scipy,input:3',
    'matlab,input:3',
    'pytorch,input:9,kernel:3,padding:sane',
    'pytorch,input',
    'pytorch,input:1:2:3',
    'pytorch,input:9,kernel:3,stride:1,dilation:1,padding:0,output:7',
    'pytorch,input:9999999,kernel:3,output:9999999,stride:99',
    'tensorflow,input:9,kernel:3,stride:2,dilation:2',
    'pytorch,input:9,kernel:3,stride:2,padding:same',
    ...dialectNames.map((name) => `${name},input:9,kernel:3,padding:causal`),
    ...dialectNames.map((name) => `${name},input:9,kernel:30,padding:valid`),
    ...dialectNames.map((name) => `${name},input:9,kernel:3,padding:2`),
  ]
  return [...written, ...queries].flatMap((text) => {
    const refused = messageOf(() => queryOf(text))
    if (refused.length > 0) return refused
    const { dialect, numbers } = queryOf(text)
    return [solveShape(numbers, { dialect }).sentence]
  })
}

function linkMessages(): readonly string[] {
  const values = [
    '', 'x', '?', '1', '-1', '1.5', '99999999999', 'seed:', 'seed:x', 'seed:1.5', 'signal:foo,1,2', 'signal:step,x,2',
    'signal:step,-1,2', 'signal:step,5000,2', 'signal:step,1,x', 'weighting:foo', 'weighting:', '1,2,x', '1,2,3', '1,,2',
    'output:', 'output:x', 'output:0,0,99,0', 'output:9', 'input:0,0,-1,0', 'input:0,0,0,0,0', 'kernel:0,0,9,9', 'im2col:99,0',
    'im2col:1', 'toeplitz:0,999', 'toeplitz:0', 'byte:x', 'byte:-1', 'byte:1,2', 'foo:1', '1/2', '1x2/3/0', '0x1/1x1/0', 'x/1/0',
    '1x1x1x1x1x1x1x1x1/1x1x1x1x1x1x1x1x1/0', '2000000/1/0', '2/9999999999/0', '2/1/9999999999', '2/1/x', '3:4:5', '3:x', ':', '3:4',
    '999:4', '0,0,99,0', '0,0', 'slide,foo', '%E0%A4%A', 'picture:harbour', 'picture:x', 'pytorch', 'foo,input:3', 'on,off', '5x7', '5x7_*_9x9',
  ] // biome-ignore format: a list of values
  const long = `x=${new Array(65_537).fill(0).join()}`
  const parts = Object.values(fields).flatMap(({ key }) => values.map((value) => `${key}=${value}`))
  const links = [
    'nonsense',
    'v2&x=1',
    'v1&foo=1',
    ...['k:box/foo', 'k:box/div=0', 'k:40x1:1', 'k:2x2:1,2', 'border:foo', 'alpha:foo'].map(
      (setting) => `v1&photo=${setting}`,
    ),
    `v1&photo=${new Array(40).fill('k:box').join(';')}`,
    `v1&${long}`,
    ...parts.map((part) => `v1&${part}`),
  ]
  return links.flatMap((link) => stateOf(`#${link}`).linkErrors.map(({ reason }) => reason))
}

/** The reason of every focus of some problems that has no products. */
function focusReasons(): readonly string[] {
  const problems = [
    '2x4x5x6 * 4x2x2x2 s3 g2',
    '1x1x5x7 * 1x1x3x2 p-1',
    '1x1x3x3 * 1x1x2x2 i3 p1',
    '1x1x2 * 1x1x2 i4 s4',
    '1x1x3 * 1x1x1 i3 p2 s2',
  ]
  return problems.flatMap((problem) => {
    const g = parseCase(problem)
    return Array.from({ length: 1500 }, () => {
      const place = (extents: readonly number[]): number[] => extents.map((n) => from(0, n - 1))
      const input = [g.batch, g.channels, ...g.axes.map((axis) => axis.input)]
      const output = [g.batch, g.filters, ...g.axes.map((axis) => axis.output)]
      const kernel = [g.filters, g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)]
      const size = (shape: readonly number[]): number => shape.reduce((n, extent) => n * extent, 1)
      const matrix = [size([g.channels, ...kernel.slice(2)]), size([g.batch, ...output.slice(2)])]
      const focus: Focus = pick([
        { input: place(input) },
        { output: place(output) },
        { kernel: place(kernel) },
        { toeplitz: [from(0, size(output) - 1), from(0, size(input) - 1)] },
        { im2col: place(matrix) as unknown as readonly [number, number] },
        { byte: from(0, size(input) * 4 + 40) },
      ])
      const { taps, reason } = explain(g, focus)
      return taps.length === 0 ? [reason!] : []
    }).flat()
  })
}

const viewMessages = (): readonly string[] =>
  [
    { shape: [3, 3], strides: [4, 1], offset: 0 },
    { shape: [2], strides: [-1], offset: 0 },
    { shape: [3], strides: [2], offset: 99 },
  ].flatMap((spec) => messageOf(() => asStrided(ndarray(new Float32Array(8), [8]), spec)))

const groups: readonly (readonly [string, () => readonly string[]])[] = [
  ['case notation', () => wrongCases().flatMap((text) => problemWith(text) ?? [])],
  ['borders', () => boundaryNames.flatMap((name) => problemWith(`2x2 * 9x9 p9 ${name}`) ?? [])],
  ['solveShape', solverMessages],
  ['links', linkMessages],
  ['focus', focusReasons],
  ['views', viewMessages],
]
const unique = new Map(groups.map(([name, messages]) => [name, [...new Set(messages())]]))

/** What the user or the notation wrote stands in quotes or in code; it is not translated. */
const withoutQuotes = (text: string): string =>
  text.replaceAll(/'[^']*'/g, '').replaceAll(/“[^”]*”/g, '')
const numbersIn = (text: string): readonly string[] => (text.match(/\d+/g) ?? []).sort()

describe.each([...unique.keys()])('%s', (name) => {
  const messages = unique.get(name)!

  test('no message stays in English', () => {
    const english = messages.filter((message) =>
      /[A-Za-z]{2,}( [A-Za-z]+){2,}/.test(withoutQuotes(translateSentence(message))),
    )
    expect(english).toEqual([])
  })

  test('every message changes, and keeps its numbers', () => {
    for (const message of messages) {
      const chinese = translateSentence(message)
      expect(chinese).toMatch(/[\u4e00-\u9fff]/)
      // Words of the English sentence with digits, such as f64, may be missing.
      const kept = numbersIn(chinese)
      const lost = numbersIn(message).filter((number) => !kept.includes(number))
      expect(lost, `${message}\n${chinese}`).toEqual([])
    }
  })

  test('Chinese punctuation stands after Chinese characters', () => {
    const half = messages
      .map((message) => withoutQuotes(translateSentence(message)))
      .filter((text) => /[\u4e00-\u9fff] ?[,;:?!.]|[,;:?!]( |$)?[\u4e00-\u9fff]/.test(text))
    expect(half).toEqual([])
  })
})

test('hundreds of messages were tried, and every sentence of the table is used', () => {
  const all = [...unique.values()].flat()
  expect(all.length).toBeGreaterThan(500)
  const used = new Set<string>()
  const use = (message: string): void => {
    const pair = librarySentences.find(([english]) => patternOf(english).test(message))
    if (!pair) return
    used.add(pair[0])
    const match = patternOf(pair[0]).exec(message)!
    for (const [, number, kind] of pair[1].matchAll(hole))
      if (kind === '!') use(match[Number(number)]!)
  }
  for (const message of all) use(message)
  expect(librarySentences.map(([english]) => english).filter((it) => !used.has(it))).toEqual([])
})

test('every field of the page shows its refusal in Chinese', async () => {
  const page = await open('#v1&lang=zh&views=modes,memory&case=5x7_*_3x2&x=seed:a&foo=1')
  const chinese = /[\u4e00-\u9fff]/
  const check = async (selector: string): Promise<void> => {
    await expect.poll(() => page.locator(selector).first().innerText()).toMatch(chinese)
    expect(withoutQuotes(await page.locator(selector).first().innerText())).not.toMatch(
      /[A-Za-z]{2,}( [A-Za-z]+){2,}/,
    )
  }
  await check('.notice')
  await page.locator('.task > summary').click()
  await page.locator('#problem').fill('5x7 * 9x9')
  await check('#problem-hint')
  await page.locator('[name="kernel-0"]').fill('30')
  await page.keyboard.press('Tab')
  await check('.by-number .fault')
  await page.locator('[data-solver] [name="input"]').fill('zwei')
  await page.keyboard.press('Enter')
  await check('[data-answer] .fault')
  await page.locator('[data-solver] [name="input"]').fill('224')
  await page.locator('[data-solver] [name="output"]').fill('500')
  await page.keyboard.press('Enter')
  await check('[data-answer]')
  await page.locator('[data-strides-editor] [name="offset"]').fill('999')
  await page.keyboard.press('Enter')
  await check('.proof .fault')
  await page.evaluate(() => {
    location.hash = '#v1&lang=zh&views=modes,smoothing&case=1x1x3_*_1x1x9_p9'
  })
  await check('[data-mode="valid"] .fault')
  await page.locator('[name="reach"]').selectOption('valid')
  await check('[data-refused]')
})
