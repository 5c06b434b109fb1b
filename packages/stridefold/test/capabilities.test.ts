/** What does `capabilities()` say, and does every missing feature have a reason? */

import { capabilities, close } from 'stridefold/sync'
import { afterEach, expect, test } from 'vitest'

afterEach(close)

test('each feature is there, or has a reason', async () => {
  const before = capabilities()
  expect(before.simd).toBe(true)
  expect(before.gpu).toBe('unknown')
  expect(before.missing.gpu).toMatch(/capabilities\.gpu\(\)/)
  const isOpen = await capabilities.gpu()
  const after = capabilities()
  expect(after.gpu).toBe(isOpen)
  expect(after.adapter !== undefined).toBe(isOpen)
  const { simd, relaxedSimd, sharedMemory, isolated, gpu } = after
  const present = { simd, relaxedSimd, sharedMemory, isolated, gpu, threads: after.threads > 1 }
  for (const [name, isThere] of Object.entries(present))
    expect(name in after.missing, name).toBe(!isThere)
  for (const reason of Object.values(after.missing)) expect(reason).toMatch(/\w+ \w+ \w+/)
  await close()
  expect(capabilities().gpu).toBe('unknown')
})
