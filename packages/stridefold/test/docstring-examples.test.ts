/**
 * Do the examples in the documentation return what their comments say? Every example of a public
 * name or member is run with the names of each entry point that shows it. A comment behind a
 * statement contains the value of the statement, or what it prints.
 */

import { Duplex } from 'node:stream'
import { createContext, Script } from 'node:vm'
import * as promises from 'stridefold'
import * as boxes from 'stridefold/boxes'
import * as npy from 'stridefold/npy'
import * as direct from 'stridefold/sync'
import * as verify from 'stridefold/verify'
import { describe, expect, test } from 'vitest'
import { type PublicName, publicNames } from '../../../scripts/public-names.ts'

const names = publicNames()
const asynchronous = 'stridefold'
const synchronous = 'stridefold/sync'

interface Statement {
  readonly code: string
  /** The comments behind the statement, in one line; empty if there is none. */
  readonly comment: string
}

/** A statement begins at a line that is neither indented, nor a closing bracket, nor a comment. */
function statementsOf(example: string): Statement[] {
  const statements: { code: string; comment: string }[] = []
  for (const line of example.split('\n')) {
    const [, code, comment = ''] = /^(.*?)\s*(?:\/\/ (.*))?$/.exec(line)!
    if (code !== '' && /^[^\s)\]}]/.test(line)) statements.push({ code: '', comment: '' })
    const last = statements.at(-1)!
    last.code += `${code}\n`
    last.comment += comment
  }
  return statements
}

/** The expected values of an example. Throws a SyntaxError for a comment that is no value. */
const valuesIn = (statements: readonly Statement[]): unknown[] =>
  statements
    .filter(({ comment }) => comment !== '')
    .map(({ comment }) => new Script(`(${comment})`).runInNewContext())

/** Arrays as nested lists, numbers to six digits: the comments show float32 values as decimals. */
function shown(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(6))
  if (Array.isArray(value)) return value.map(shown)
  if (ArrayBuffer.isView(value)) return [...(value as unknown as Iterable<number>)].map(shown)
  const isArray = typeof value === 'object' && value !== null && 'strides' in value
  return isArray ? shown(direct.toNested(value as direct.NdArray)) : value
}

/** Runs an example with the names of an entry point. Returns the values that it shows. */
async function valuesOf(statements: readonly Statement[], entry: string): Promise<unknown> {
  const context = createContext({
    ...(entry === asynchronous ? promises : direct),
    ...npy,
    ...boxes,
    ...verify,
    Duplex,
  })
  const code = statements.map(({ code, comment }) =>
    comment === '' || code.includes('console.log(') ? code : `show(${code.replace(/\s*$/, '')})\n`,
  )
  const body = code.join(';').replaceAll('console.log(', 'show(')
  const script = new Script(
    `(async () => { const values = [], show = (value) => values.push(value);\n${body}; return values })()`,
  )
  return shown(await script.runInContext(context))
}

interface Shown extends PublicName {
  readonly entry: string
}

const withExamples = (entry: string, all: readonly PublicName[]): Shown[] =>
  all.filter(({ examples }) => examples.length > 0).map((name) => ({ ...name, entry }))

const both = [
  ...names.verify.exports,
  ...names.npy.exports,
  ...names.boxes.exports,
  ...names.boxes.members,
]
const shownNames: readonly Shown[] = [
  // A call of 'stridefold' that is named …Sync has the example of 'stridefold/sync'.
  ...withExamples(
    asynchronous,
    names.index.exports.filter(({ name }) => !name.endsWith('Sync')),
  ),
  ...withExamples(asynchronous, [...names.index.members, ...both]),
  ...withExamples(synchronous, [...names.sync.exports, ...names.sync.members, ...both]),
]

describe.each([asynchronous, synchronous])('examples that %s shows', (entry) => {
  const here = shownNames.filter((name) => name.entry === entry)

  test.each(here.map((name) => [name.name, name] as const))('%s', async (_, { examples }) => {
    for (const example of examples) {
      const statements = statementsOf(example)
      const expected = valuesIn(statements)
      expect(expected, 'an example shows a value').not.toEqual([])
      expect(example.split('\n').length, example).toBeLessThanOrEqual(5)
      expect(await valuesOf(statements, entry), example).toEqual(expected)
    }
  })
})
