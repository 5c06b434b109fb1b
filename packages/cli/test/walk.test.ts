/**
 * Does every command of docs/walk.md run, in both languages, with the output that the page shows?
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { world } from './helpers/world.ts'

const text = (name: string): string =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')

/** The lines of fenced code blocks, as arguments. */
function commandsOf(name: string): string[] {
  return [...text(name).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!.trim().split('\n'),
  )
}

const argumentsOf = (line: string): string[] =>
  [...line.replace(/^npx @stridefold\/cli /, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain!,
  )

const commands = commandsOf('walk.md')

test('both languages have the same commands', () => {
  expect(commands.length).toBeGreaterThan(15)
  expect(commandsOf('walk.zh.md')).toEqual(commands)
})

// The package stridefold has no command, so `npx stridefold` works only in a clone.
test('every page calls the command by the name of its package', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const pages = ['docs', 'docs/algorithms', 'packages/cli', 'packages/stridefold', ''].flatMap(
    (folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.md'))
        .map((name) => join(folder, name)),
  )
  expect(pages.length).toBeGreaterThan(20)
  expect(
    pages.filter(
      (page) =>
        page !== 'CHANGELOG.md' && /npx stridefold\b/.test(readFileSync(join(root, page), 'utf8')),
    ),
  ).toEqual([])
})

describe('each runs', () => {
  test.each(commands)('%s', async (line) => {
    expect(line).toMatch(/^npx @stridefold\/cli /)
    const { code, stdout, stderr } = await world().run(argumentsOf(line))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.toString().trim()).not.toBe('')
  })
})

describe('and prints what the page shows', () => {
  const outputOf = async (part: string): Promise<string> => {
    const { stdout } = await world().run(argumentsOf(commands.find((line) => line.includes(part))!))
    return stdout.toString()
  }
  test('the example', async () => expect(await outputOf('--input "3 9 0')).toContain('145'))
  test('a zero of the matrix has a reason', async () =>
    expect(await outputOf('toeplitz:0,2')).toMatch(/no |not |zero/i))
  test('SAME has two meanings', async () =>
    expect(await outputOf('--dialect article2')).not.toBe(await outputOf('--dialect tensorflow')))
})
