/** Help of `filter`: the library's list of borders and the help text name the same borders. */

import { Command } from 'commander'
import { boundaryNames } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { addFilterFlags, type FilterFlags, libraryOptions } from '../src/filter-flags.ts'

function commandWithFlags(): Command {
  const command = new Command('filter')
  addFilterFlags(command)
  return command.exitOverride()
}

test('the help of --boundary names every border of the library', () => {
  const help = commandWithFlags().options.find(({ long }) => long === '--boundary')!.description
  const names = help.split(',')[0]!.split(' | ')
  expect(names).toEqual([...boundaryNames, 'constant=V', 'missing'])
})

test('flags of the library become its options, other flags do not', () => {
  const words = ['-k', 'box', '-o', 'a.png', '--force', '--boundary', 'edge,constant=2']
  const flags = commandWithFlags().parse(words, { from: 'user' }).opts<FilterFlags>()
  expect(flags).toMatchObject({ kernel: ['box'], out: 'a.png', force: true })
  expect(libraryOptions(flags)).toEqual({ boundary: ['edge', { constant: 2 }] })
})
