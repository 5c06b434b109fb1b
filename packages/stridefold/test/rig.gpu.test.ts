/**
 * Can these tests compute on a GPU? A shader written by hand, without the library, correlates small
 * integers with 3×3 kernels. Sums of integers below 2²⁴ are exact in float32, so the result is
 * compared with === to plain loops.
 */

import { describe, expect, test } from 'vitest'
import { gpuCases, openDevice } from '../../../test/gpu/use.ts'

// y[r, c] = Σ x[r + i, c + j] · k[i, j]
const shader = `
  @group(0) @binding(0) var<storage, read> x: array<f32>;
  @group(0) @binding(1) var<storage, read> k: array<f32, 9>;
  @group(0) @binding(2) var<storage, read_write> y: array<f32>;
  @group(0) @binding(3) var<uniform> shape: vec2u;

  @compute @workgroup_size(8, 4)
  fn main(@builtin(global_invocation_id) at: vec3u) {
    let height = shape.x;
    let width = shape.y;
    if (at.y >= height - 2 || at.x >= width - 2) { return; }
    var sum = 0.0;
    for (var i = 0u; i < 3; i++) {
      for (var j = 0u; j < 3; j++) {
        sum += x[(at.y + i) * width + at.x + j] * k[i * 3 + j];
      }
    }
    y[at.y * (width - 2) + at.x] = sum;
  }
`

/** The same in plain loops. */
function expected(x: Float32Array, k: Float32Array, height: number, width: number): Float32Array {
  const y = new Float32Array((height - 2) * (width - 2))
  for (let r = 0; r < height - 2; r++)
    for (let c = 0; c < width - 2; c++)
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++)
          y[r * (width - 2) + c]! += x[(r + i) * width + c + j]! * k[i * 3 + j]!
  return y
}

// Node has no GPUBufferUsage and no GPUMapMode.
const usage = { mapRead: 1, copySrc: 4, copyDst: 8, uniform: 64, storage: 128 }

/** Correlates one picture with each kernel on a device of the caller. */
async function correlateOnGpu(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  x: Float32Array<ArrayBuffer>,
  k: Float32Array<ArrayBuffer>,
  height: number,
  width: number,
): Promise<Float32Array> {
  const size = (height - 2) * (width - 2) * 4
  const bufferOf = (data: ArrayBufferView<ArrayBuffer>, use: number): GPUBuffer => {
    const buffer = device.createBuffer({ size: data.byteLength, usage: use | usage.copyDst })
    device.queue.writeBuffer(buffer, 0, data)
    return buffer
  }
  const y = device.createBuffer({ size, usage: usage.storage | usage.copySrc })
  const result = device.createBuffer({ size, usage: usage.mapRead | usage.copyDst })
  const buffers = [
    bufferOf(x, usage.storage),
    bufferOf(k, usage.storage),
    y,
    bufferOf(Uint32Array.of(height, width), usage.uniform),
  ]
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(
    0,
    device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    }),
  )
  pass.dispatchWorkgroups(Math.ceil((width - 2) / 8), Math.ceil((height - 2) / 4))
  pass.end()
  encoder.copyBufferToBuffer(y, 0, result, 0, size)
  device.queue.submit([encoder.finish()])
  await result.mapAsync(1)
  const values = new Float32Array(result.getMappedRange().slice(0))
  for (const buffer of [...buffers, result]) buffer.destroy()
  return values
}

describe('a correlation with 3×3 integers', () => {
  test('equals plain loops, bit by bit', async () => {
    const device = await openDevice()
    const module = device.createShaderModule({ code: shader })
    const pipeline = await device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module },
    })
    let state = 1
    const integer = (low: number, high: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return low + Math.floor((state / 2 ** 32) * (high - low + 1))
    }
    for (let run = 0; run < gpuCases(); run++) {
      const [height, width] = [integer(3, 19), integer(3, 19)]
      const x = Float32Array.from({ length: height * width }, () => integer(-99, 99))
      const k = Float32Array.from({ length: 9 }, () => integer(-99, 99))
      const y = await correlateOnGpu(device, pipeline, x, k, height, width)
      const truth = expected(x, k, height, width)
      expect([height, width, y.findIndex((value, i) => value !== truth[i])]).toEqual([
        height,
        width,
        -1,
      ])
      expect(y).toHaveLength(truth.length)
    }
    device.destroy()
  })
})
