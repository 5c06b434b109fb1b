/** ONNX Runtime Web on WebGPU: a model with one node, whose arrays stay on the GPU. */

import { onnxModel } from '@stridefold/measure/browser'
import { loadScript } from './load-script.ts'
import type { GpuRival } from './measure.ts'

interface Tensor {
  readonly dims: readonly number[]
  getData(): Promise<Float32Array>
  dispose(): void
}
interface Session {
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>
  release(): Promise<void>
}
interface Ort {
  readonly env: {
    readonly versions: { readonly common: string }
    readonly wasm: { numThreads: number; wasmPaths: string }
    readonly webgpu: { readonly device: GPUDevice | Promise<GPUDevice> }
  }
  readonly Tensor: {
    fromGpuBuffer(buffer: GPUBuffer, options: object): Tensor
  }
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> }
}

const [storage, copyTarget] = [128, 8]

export async function onnxRival(): Promise<GpuRival> {
  await loadScript('/onnxruntime-web/dist/ort.webgpu.min.js')
  const { ort } = globalThis as unknown as { readonly ort: Ort }
  ort.env.wasm.numThreads = 1
  ort.env.wasm.wasmPaths = '/onnxruntime-web/dist/'
  return {
    name: `ONNX Runtime Web ${ort.env.versions.common}, WebGPU`,
    async prepare({ call, input, kernel, options }, x, k, outputShape) {
      const isPicture = call === 'correlate'
      const whole = (shape: readonly number[]): readonly number[] =>
        isPicture ? [1, 1, ...shape] : shape
      const taps = whole(kernel).slice(2)
      const { stride = 1, padding = 0, groups = 1 } = options as Record<string, number>
      const pads = taps.map((n) => (isPicture ? (n - 1) / 2 : padding))
      const session = await ort.InferenceSession.create(
        onnxModel({
          nodes: [
            {
              operator: call.startsWith('convTranspose') ? 'ConvTranspose' : 'Conv',
              inputs: ['x', 'w'],
              output: 'y',
              attributes: {
                strides: taps.map(() => stride),
                pads: [...pads, ...pads],
                kernel_shape: taps,
                group: groups,
              },
            },
          ],
          tensors: [{ name: 'w', shape: whole(kernel), data: k }],
          input: { name: 'x', shape: whole(input) },
          output: { name: 'y', shape: whole(outputShape) },
        }),
        { executionProviders: ['webgpu'], preferredOutputLocation: 'gpu-buffer' },
      )
      const device = await ort.env.webgpu.device
      const buffer = device.createBuffer({ size: x.byteLength, usage: storage | copyTarget })
      device.queue.writeBuffer(buffer, 0, x as Float32Array<ArrayBuffer>)
      const from = ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: whole(input) })
      return {
        async run(times) {
          for (let i = 0; i < times; i++) (await session.run({ x: from })).y!.dispose()
          await device.queue.onSubmittedWorkDone()
        },
        async result() {
          const { y } = await session.run({ x: from })
          const values = await y!.getData()
          y!.dispose()
          return values
        },
        dispose() {
          buffer.destroy()
          void session.release()
        },
      }
    },
  }
}
