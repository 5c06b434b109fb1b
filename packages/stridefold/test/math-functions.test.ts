/**
 * Does the library call functions of Math that each engine rounds in its own way? Results must not
 * depend on them (`deterministic: true`). An analysis may use them, because its numbers are only
 * read.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { sourceFiles } from '../../../scripts/imports.ts'

const source = fileURLToPath(new URL('../src', import.meta.url))
const approximate =
  /Math\.(a?(sin|cos|tan)h?|atan2|exp|expm1|log|log1p|log2|log10|pow|cbrt|hypot)\b/
const onlyRead = new Set(['kernels/response.ts', 'ndarray/elementary.ts'])

test('only files that compute no part of a result use them', () => {
  const users = sourceFiles(source).filter((file) =>
    approximate.test(readFileSync(join(source, file), 'utf8')),
  )
  expect(users.filter((file) => !onlyRead.has(file))).toEqual([])
})
