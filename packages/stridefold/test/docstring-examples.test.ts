/**
 * Do the examples in the documentation return what their comments say? An example whose last
 * comment is a value is run. Of the others only the syntax is checked: they use arrays of the
 * reader.
 */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createContext, Script } from 'node:vm'
import * as npy from 'stridefold/npy'
import * as library from 'stridefold/sync'
import { expect, test } from 'vitest'
import { sourceFiles } from '../../../scripts/imports.ts'

const folder = fileURLToPath(new URL('../src', import.meta.url))

interface Example {
  readonly code: string
  /** The value of the last comment; undefined if it is none. */
  readonly value: unknown
}

/** Splits the lines after `@example` into code and its last comment. */
function exampleOf(text: string): Example {
  const [, code, comment] = /^([\s\S]*?)(?:\/\/([^/]*))?$/.exec(text.replace(/^ \* ?/gm, ''))!
  return { code: code!.trim(), value: valueIn(comment ?? '') }
}

function valueIn(comment: string): unknown {
  try {
    return JSON.parse(comment.replaceAll("'", '"'))
  } catch {
    return undefined
  }
}

const examples = sourceFiles(folder)
  .filter((file) => file !== 'asynchronous.ts')
  .flatMap((file) =>
    [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/\/\*\*\n[\s\S]*?\*\//g)].flatMap(
      ([documentation]) =>
        documentation
          .replace(/\s*\*\/$/, '')
          .split(/^ \* @example\s/m)
          .slice(1)
          .map((text) => ({ file, ...exampleOf(text) })),
    ),
  )

/** Arrays as nested lists, numbers to six digits: the comments show float32 values as decimals. */
function shown(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(6))
  if (Array.isArray(value)) return value.map(shown)
  const isArray = typeof value === 'object' && value !== null && 'strides' in value
  return isArray ? shown(library.toNested(value as library.NdArray)) : value
}

/** The names that examples may use: of the library, and the drawing context of a page. */
const context = createContext({
  ...library,
  ...npy,
  context: {
    getImageData: (_x: number, _y: number, width: number, height: number) => ({
      ...{ width, height },
      data: new Uint8ClampedArray(4 * width * height),
    }),
  },
})

test.each(examples.map((example) => [`${example.file}: ${example.code}`, example] as const))(
  '%s',
  (_, { code, value }) => {
    if (value === undefined) new Script(`async () => { ${code} }`)
    else expect(shown(new Script(`{ ${code} }`).runInContext(context))).toEqual(value)
  },
)

test('the examples of most calls can be run', () => {
  expect(examples.filter(({ value }) => value !== undefined).length).toBeGreaterThan(18)
})
