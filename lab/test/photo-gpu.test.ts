/** What does the picture page know of the GPU, and is a choice of it kept out of links? */

import { expect, test } from 'vitest'
import { lookForGpu, type Navigator } from '../src/photo/gpu.ts'
import { readPhoto, writePhoto } from '../src/photo/photo-link.ts'
import { usualPhoto } from '../src/photo/settings.ts'

const offering = (info: object | null): Navigator => ({
  gpu: { requestAdapter: async () => (info === null ? null : ({ info } as never)) },
})

test('why there is none', async () => {
  expect(await lookForGpu({}, true)).toEqual({ missing: 'browser' })
  expect(await lookForGpu({}, false)).toEqual({ missing: 'insecure' })
  expect(await lookForGpu(offering(null), true)).toEqual({ missing: 'adapter' })
  const broken: Navigator = { gpu: { requestAdapter: () => Promise.reject(new Error('lost')) } }
  expect(await lookForGpu(broken, true)).toEqual({ missing: 'adapter' })
})

test('its name, and whether it computes on the processor', async () => {
  const info = { vendor: 'arm', architecture: 'valhall', description: '' }
  expect(await lookForGpu(offering(info), true)).toEqual({
    ...{ name: 'arm valhall', isFallback: false },
  })
  const named = { ...info, description: 'A GPU', isFallbackAdapter: true }
  expect(await lookForGpu(offering(named), true)).toEqual({ name: 'A GPU', isFallback: true })
  const software = { vendor: 'google', architecture: 'swiftshader', description: '' }
  expect(await lookForGpu(offering(software), true)).toEqual({
    ...{ name: 'google swiftshader', isFallback: true },
  })
})

test('a link does not choose it: another machine may have none', () => {
  const link = writePhoto({ ...usualPhoto, isOnGpu: true })
  expect(link).toBe(writePhoto(usualPhoto))
  expect(readPhoto(link).isOnGpu).toBeUndefined()
})
