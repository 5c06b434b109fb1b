/**
 * Do the rivals say what they cannot do, and why they are missing?
 */

import process from 'node:process'
import { problem } from '@stridefold/measure'
import { expect, test } from 'vitest'
import { unsupportedReason } from '../src/rivals/jax-js.ts'
import { versionIn } from '../src/rivals/python.ts'

test('jax-js skips unsupported and slow problems, with the reason', () => {
  expect(unsupportedReason(problem('1x8x28x28 * 8x8x3x3 p1 s2 d2'))).toBeUndefined()
  expect(unsupportedReason(problem('9x9 * 3x3', { isBytes: true }))).toBe('float32 only')
  expect(unsupportedReason(problem('1x1x1024x1024 * 1x1x63x63'))).toContain('ten seconds')
})

test('a missing Python or library is reported with the command that installs it', () => {
  expect(() => versionIn('/nowhere/python', 'scipy')).toThrow(
    /'\/nowhere\/python' does not start .* --python PATH/,
  )
  // Node also accepts -c, but cannot run `import numpy, torch; print(…)`.
  expect(() => versionIn(process.execPath, 'pytorch')).toThrow(
    /cannot load it .* -m pip install numpy torch/,
  )
})
