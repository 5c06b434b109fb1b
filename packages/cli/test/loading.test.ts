/**
 * Which packages does a verb load before it works? Read from the static import statements. Help,
 * version and completion need only the command-line parser. A verb needs only the packages that it
 * uses.
 */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { sourceFiles } from '../../../scripts/imports.ts'

const source = new URL('../src/', import.meta.url)

/** Statements that load a module immediately: neither type imports nor `import()`. */
const importStatement = /^(?:import|export)\s+(?!type\s)[^'"]*?from\s*'([^']+)'/gm

/** The packages that a file loads, directly or through other files. */
function packagesOf(file: string): string[] {
  const [packages, seen] = [new Set<string>(), new Set<string>()]
  const visit = (url: URL): void => {
    if (seen.has(url.href)) return
    seen.add(url.href)
    for (const [, name] of readFileSync(url, 'utf8').matchAll(importStatement)) {
      if (name!.startsWith('.')) visit(new URL(name!, url))
      else if (!name!.startsWith('node:')) packages.add(name!)
    }
  }
  visit(new URL(file, source))
  return [...packages].toSorted()
}

test('the command line itself', () => {
  // The suites are a table that imports nothing.
  const packages = ['@stridefold/measure/suites', 'commander', 'picocolors']
  expect(packagesOf('main.ts')).toEqual(packages)
})

describe('a verb', () => {
  const [library, npy] = ['stridefold/sync', 'stridefold/npy']
  const measure = '@stridefold/measure'
  const rows: Readonly<Record<string, readonly string[]>> = {
    job: ['@stridefold/volumes', 'commander', 'picocolors', library, npy],
    plan: ['picocolors', library],
    shape: ['picocolors', library],
    translate: ['picocolors', library],
    explain: ['picocolors', 'string-width', library, npy],
    kernels: ['picocolors', 'string-width', library, npy],
    bench: [measure, 'picocolors', 'string-width', library],
    lab: ['picocolors'],
    profile: [measure, 'picocolors', 'protobufjs', 'string-width', library, npy],
    filter: ['commander', 'picocolors', 'sharp', library, npy],
    demo: [measure, 'picocolors', 'sharp', 'string-width', library, npy, 'stridefold/verify'],
    doctor: [measure, 'picocolors', 'sharp', 'string-width', library],
    report: [
      measure,
      '@stridefold/measure/articles',
      '@stridefold/measure/rivals',
      'echarts/charts',
      'echarts/components',
      'echarts/core',
      'echarts/renderers',
      'picocolors',
      'sharp',
      'string-width',
      library,
      'stridefold/verify',
    ],
  }

  test('each has a row', () => {
    const names = sourceFiles(fileURLToPath(new URL('verbs', source))).map((file) =>
      file.replace('.ts', ''),
    )
    expect(names).toEqual(Object.keys(rows).toSorted())
  })

  test.each(Object.entries(rows))('%s', (verb, packages) => {
    expect(packagesOf(`verbs/${verb}.ts`)).toEqual([...packages].toSorted())
  })
})
