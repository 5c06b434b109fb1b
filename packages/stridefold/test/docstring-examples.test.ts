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
import { programOf, type Statement, shownValue, statementsOf } from '../../../scripts/examples.ts'
import { type PublicName, publicNames } from '../../../scripts/public-names.ts'

const names = publicNames()
const asynchronous = 'stridefold'
const synchronous = 'stridefold/sync'

/** The expected values of an example. Throws a SyntaxError for a comment that is no value. */
const valuesIn = (statements: readonly Statement[]): unknown[] =>
  statements
    .filter(({ comment }) => comment !== '')
    .map(({ comment }) => new Script(`(${comment})`).runInNewContext())

const shown = (value: unknown): unknown => shownValue(value, direct.toNested)

/** Runs an example with the names of an entry point. Returns the values that it shows. */
async function valuesOf(statements: readonly Statement[], entry: string): Promise<unknown> {
  const context = createContext({
    ...(entry === asynchronous ? promises : direct),
    ...npy,
    ...boxes,
    ...verify,
    Duplex,
  })
  const script = new Script(`(async () => {${programOf(statements)}})()`)
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
