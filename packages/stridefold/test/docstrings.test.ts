/**
 * Is every public name documented? Names of all four entry points, and the members of everything
 * that they take and return.
 */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { apiPage, apiText } from '../../../scripts/api.ts'
import { entryPoints, type PublicName, publicNames } from '../../../scripts/public-names.ts'

const all = publicNames()
const errorsPage = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')

interface Rule {
  readonly says: string
  readonly concerns: (name: PublicName) => boolean
  readonly holds: (name: PublicName) => boolean
}

const isCallable = (name: PublicName): boolean => name.isCallable
const everyName = (): boolean => true

const rules: readonly Rule[] = [
  {
    says: 'every name and every member has documentation that ends with a sentence',
    concerns: everyName,
    holds: ({ documentation }) => /[.)]$/.test(documentation),
  },
  {
    says: 'every function and every method has an example',
    concerns: isCallable,
    holds: ({ examples }) => examples.length > 0,
  },
  {
    says: 'every function and every method says what it throws',
    concerns: isCallable,
    holds: ({ documentation }) => /\b(throws?|rejects)\b/i.test(documentation),
  },
  {
    says: 'the documentation of every function stands alone',
    concerns: isCallable,
    holds: ({ documentation }) =>
      !/\b(options|errors|operands|parameters)\b[^.]*\bare those of\b/i.test(documentation),
  },
  {
    says: 'every option says what happens if it is left out',
    concerns: ({ isOption }) => isOption,
    holds: ({ documentation }) => /default|left out/i.test(documentation),
  },
  {
    says: 'every error code in the documentation is one of docs/errors.md',
    concerns: everyName,
    holds: ({ documentation }) =>
      [...documentation.matchAll(/`([A-Z]{2,}(?:_[A-Z]+)+)`/g)].every(([code]) =>
        errorsPage.includes(code),
      ),
  },
]

/** The names that break a rule, each once. */
const breaking = ({ concerns, holds }: Rule, names: readonly PublicName[]): string[] => [
  ...new Set(
    names
      .filter((name) => concerns(name) && !holds(name))
      .map(({ name, file }) => `${name} in ${file}`),
  ),
]

describe.each(entryPoints)('%s', (entry) => {
  const names = [...all[entry].exports, ...all[entry].members]

  test.each(rules.map((rule) => [rule.says, rule] as const))('%s', (_, rule) => {
    expect(names.some(rule.concerns)).toBe(true)
    expect(breaking(rule, names)).toEqual([])
  })
})

test("docs/api.md is what 'npm run api' writes", () => {
  expect(readFileSync(apiPage, 'utf8')).toBe(apiText())
})

test('members, options, methods and private fields are told apart', () => {
  const { exports, members } = all.sync
  const find = (name: string): PublicName | undefined =>
    [...exports, ...members].find((candidate) => candidate.name === name)
  expect(find('conv2d')).toMatchObject({
    isCallable: true,
    isOption: false,
    signature: '(input, weight, options?): NdArray',
  })
  expect(find('LayerOptions')).toMatchObject({ isType: true, isCallable: false })
  expect(find('LayerOptions.groups')).toMatchObject({ isOption: true, isCallable: false })
  expect(find('Plan.dispose')).toMatchObject({ isCallable: true, file: 'runtime/plan.ts' })
  expect(find('Tap.product')).toMatchObject({ isOption: false })
  expect(find('slice')!.signature).toBe('(x, ...ranges): NdArray')
  expect(members.filter(({ name }) => name.includes('#'))).toEqual([])
})

test('every rule finds a name that breaks it', () => {
  const planted: PublicName = {
    ...{ name: 'planted', file: 'planted.ts', isType: false, isCallable: true, isOption: true },
    ...{ signature: '()', type: '', declaration: '', line: 1, members: [], examples: [] },
    documentation: 'Options and errors are those of `conv2d`: `NO_SUCH_CODE`',
  }
  for (const rule of rules) expect(breaking(rule, [planted])).toEqual(['planted in planted.ts'])
})
