/**
 * What does a plan tell about the GPU? None is needed: shaders are written for the limits that
 * every GPU has. The bytes of the table are counted by hand from the shapes.
 */

import { OptionError, type PlanShaders, plan, planCase } from 'stridefold'
import { describe, expect, test } from 'vitest'

const bytes = (...extents: number[]): number => extents.reduce((a, b) => a * b, 4)

const movedBy = ({ stages }: PlanShaders): object[] =>
  stages.map(({ prepare, bytesRead, bytesWritten, dispatches }) => ({
    ...{ prepare, bytesRead, bytesWritten, dispatches: dispatches.length },
  }))

const once = { prepare: false, dispatches: 1 }

describe('the shaders of a plan', () => {
  test.each([
    {
      name: 'a signal: one dispatch over input and kernel',
      text: '64 * 3',
      algorithm: 'strided',
      expected: [{ ...once, bytesRead: bytes(64) + bytes(3), bytesWritten: bytes(62) }],
    },
    {
      name: 'a picture without a border',
      text: '196x300 * 5x5',
      algorithm: 'strided',
      expected: [
        { ...once, bytesRead: bytes(196, 300) + bytes(25), bytesWritten: bytes(192, 296) },
      ],
    },
    {
      name: 'a layer',
      text: '2x8x20x20 * 16x8x3x3',
      algorithm: 'strided',
      expected: [
        {
          ...{ ...once, bytesRead: bytes(2, 8, 20, 20) + bytes(16, 8, 3, 3) },
          bytesWritten: bytes(2, 16, 18, 18),
        },
      ],
    },
  ])('$name', async ({ text, algorithm, expected }) => {
    const shaders = await planCase(text, { algorithm }).shaders()
    expect(shaders).toMatchObject({ adapter: undefined, algorithm, boxes: 1 })
    expect(movedBy(shaders)).toEqual(expected)
  })

  test('every step of a Winograd program is a stage of its own', async () => {
    const p = planCase('1x64x28x28 * 64x64x3x3 p1', { algorithm: 'winograd' })
    const { stages } = await p.shaders()
    expect(p.stages.length).toBeLessThan(stages.length)
    expect(stages.every(({ dispatches }) => dispatches.length > 0)).toBe(true)
    expect(stages.filter(({ prepare }) => prepare).length).toBeGreaterThan(0)
  })

  test('a shader declares a buffer for each name, and stays within the least limits', async () => {
    for (const text of ['1x64x28x28 * 64x64x3x3 p1', '256x256 * 17x17 same', '1000 * 65 same']) {
      const { stages } = await planCase(text).shaders()
      for (const { workgroups, buffers, code } of stages.flatMap((stage) => stage.dispatches)) {
        expect(workgroups).toBeGreaterThan(0)
        for (const [b] of buffers.entries()) expect(code).toMatch(new RegExp(`> b${b}: array<`))
        const size = /@workgroup_size\((\d+)/.exec(code)
        expect(Number(size?.[1])).toBeLessThanOrEqual(256)
      }
    }
  })

  test('the bytes of stages do not depend on the backend of the plan', async () => {
    const shapes = [
      [40, 40],
      [3, 3],
    ] as const
    const [a, b] = await Promise.all(
      (['wasm', 'js'] as const).map((backend) =>
        plan('correlate', ...shapes, { backend, algorithm: 'im2col' }).shaders(),
      ),
    )
    expect(a).toEqual(b)
  })

  test('sums in float64 are refused, with the reason', async () => {
    const p = planCase('64 * 3', { dtype: 'float64' })
    await expect(p.shaders()).rejects.toThrow(OptionError)
    await expect(p.shaders()).rejects.toThrow(/float64.*WGSL/)
  })
})

describe('explain', () => {
  const lineOf = (text: string): string | undefined =>
    text.split('\n').find((line) => line.startsWith('webgpu: '))

  test('says what the GPU needs to be taken', () => {
    expect(lineOf(planCase('64 * 3').explain())).toBe(
      "webgpu: not asked for; backend: 'webgpu' or arrays on the GPU take it",
    )
  })

  test('says why the GPU cannot compute it', () => {
    expect(lineOf(planCase('64 * 3', { dtype: 'float64' }).explain())).toMatch(
      /^webgpu: cannot run: .*float64/,
    )
  })
})
