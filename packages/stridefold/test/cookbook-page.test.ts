/**
 * Is docs/cookbook.md true? Its snippets run, and print what their comments say. The fixture has
 * what SciPy, OpenCV, NumPy and the libraries in the headings print for the same data.
 */

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as asynchronous from 'stridefold'
import * as synchronous from 'stridefold/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isTheirs, page, printedByPython, recipesIn } from './cookbook.ts'
import fixture from './fixtures/cookbook.json' with { type: 'json' }
import { makeProject } from './installed.ts'
import { hasBrowser, openSite, type Site } from './site.ts'
import { namedSnippet, pageText, runSnippet } from './snippets.ts'

const printed: Readonly<Record<string, readonly string[]>> = fixture.printed

const modules = {
  stridefold: asynchronous,
  'stridefold/sync': synchronous,
  sharp: { default: createRequire(new URL('../../cli/package.json', import.meta.url))('sharp') },
}

const recipes = recipesIn('ts')

test.each(recipes.map((recipe) => [recipe.heading, recipe] as const))(
  '%s prints what it says, and what the other library prints',
  async (heading, recipe) => {
    expect(recipe.printed.length).toBeGreaterThan(0)
    expect(await runSnippet(recipe, modules)).toEqual(recipe.printed)
    expect(recipe.printed).toEqual(printed[heading])
  },
)

const theirs = [
  ...recipesIn('js')
    .filter(isTheirs)
    .map((recipe) => [recipe.heading, recipe.printed] as const),
  ...recipesIn('python').map((recipe) => [recipe.heading, printedByPython(recipe)] as const),
]

test.each(theirs)('%s: the page shows what the other library prints', (heading, said) => {
  expect(said).toEqual(printed[heading])
})

test('every recipe has its counterpart, and at most 15 lines', () => {
  const headings = recipes.map(({ heading }) => heading)
  expect(Object.keys(printed).toSorted()).toEqual([...headings].toSorted())
  expect(theirs.map(([heading]) => heading).toSorted()).toEqual(
    headings.filter((heading) => heading.startsWith('In place of')).toSorted(),
  )
  for (const { heading, code } of [...recipes, ...recipesIn('js')]) {
    const lines = code.split('\n').filter((line) => line.trim() !== '' && !/^\/\/ /.test(line))
    expect(lines.length, heading).toBeLessThanOrEqual(15)
  }
})

test('the list at the top has every recipe', () => {
  const anchors = pageText(page)
    .split('\n')
    .filter((line) => line.startsWith('## '))
    .map(
      (line) =>
        `(#${line
          .slice(3)
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-')})`,
    )
  for (const anchor of anchors) expect(pageText(page)).toContain(anchor)
})

/** The left half of the canvas is black, the right half transparent; the slider moves twice. */
const html = `<!doctype html><canvas width="64" height="48"></canvas>
<input type="range" min="1" max="20" step="0.5" value="1"><script type="module" src="/run.js">
</script>`

const run = `const context = document.querySelector('canvas').getContext('2d')
context.fillRect(0, 0, 32, 48)
await import('/live-blur.js')
const slider = document.querySelector('input')
globalThis.answers = 0
const { putImageData } = context
context.putImageData = (...given) => {
  answers++
  putImageData.apply(context, given)
}
for (const sigma of [9, 2, 12, 4]) {
  slider.value = sigma
  slider.dispatchEvent(new Event('input'))
}
const alpha = () => [...context.getImageData(0, 24, 64, 1).data].filter((_, i) => i % 4 === 3)
let before = ''
for (let calm = 0; calm < 5; calm = answers > 1 && before === alpha().join() ? calm + 1 : 0) {
  before = alpha().join()
  await new Promise((resolve) => setTimeout(resolve, 50))
}
globalThis.alpha = alpha()
document.title = 'ready'
`

/** The row of alpha that a Gaussian of this sigma makes: mirrored outside, 4 sigma wide. */
function blurredEdge(sigma: number): number[] {
  const radius = Math.ceil(4 * sigma)
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  )
  const total = weights.reduce((a, b) => a + b)
  const mirrored = (i: number): number => (i < 0 ? -i : i > 63 ? 126 - i : i)
  return Array.from({ length: 64 }, (_, x) =>
    weights.reduce(
      (sum, weight, i) => sum + (mirrored(x + i - radius) < 32 ? (255 * weight) / total : 0),
      0,
    ),
  )
}

describe.skipIf(!hasBrowser)('in a browser', () => {
  let project: Awaited<ReturnType<typeof makeProject>>
  let site: Site
  beforeAll(async () => {
    project = await makeProject({
      'run.js': run,
      'live-blur.js': namedSnippet(page, 'live-blur.js'),
      // Workers do not see import maps.
      'live-blur-worker.js': namedSnippet(page, 'live-blur-worker.js').replace(
        "'stridefold/sync'",
        "'/node_modules/stridefold/dist/sync.js'",
      ),
    })
    site = await openSite((path) => {
      if (path === '/') return { type: 'text/html', body: html }
      const file = join(project.folder, path)
      return existsSync(file) ? { type: 'text/javascript', body: readFileSync(file) } : undefined
    })
  }, 60_000)
  afterAll(async () => {
    await site.close()
    project.remove()
  })

  test('the canvas shows the blur of the last value of the slider', async () => {
    const { alpha, answers } = await site.runInPage('/', () => {
      const page = globalThis as unknown as { alpha: number[]; answers: number }
      return { alpha: page.alpha, answers: page.answers }
    })
    const expected = blurredEdge(4)
    for (const [x, value] of expected.entries())
      expect(Math.abs(alpha[x]! - value), `${x}`).toBeLessThanOrEqual(1)
    // The first value and the last one: the page was busy in between.
    expect(answers).toBe(2)
  })
})
