/** The library on the GPU of the tests, and devices whose use can be watched. */

import { capabilities, configure, type NdArray, read, toNested } from 'stridefold'
import { gpuOfTests } from '../../../test/gpu/use.ts'

/** Makes the library use the GPU of the tests, and opens it. */
export async function openLibrary(): Promise<void> {
  configure({ gpu: gpuOfTests() })
  if (!(await capabilities.gpu())) throw new Error(capabilities().missing.gpu)
}

/** A GPU whose devices are noted. The library opens them with `configure({ gpu })`. */
export function watchedGpu(): { readonly gpu: object; readonly devices: GPUDevice[] } {
  const devices: GPUDevice[] = []
  const gpu = {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      const adapter = await gpuOfTests().requestAdapter(options)
      if (adapter === null) return null
      const { info, limits } = adapter
      return {
        ...{ info, limits },
        async requestDevice(descriptor?: GPUDeviceDescriptor) {
          const device = await adapter.requestDevice(descriptor)
          devices.push(device)
          return device
        },
      }
    },
  }
  return { gpu, devices }
}

/** Does something right after the next submission to a device. */
export function afterSubmission(device: GPUDevice, work: () => void): void {
  const { queue } = device
  const submit = queue.submit.bind(queue)
  queue.submit = (commands) => {
    submit(commands)
    queue.submit = submit
    work()
  }
}

/** The number of submissions to a device from now on. */
export function countSubmissions(device: GPUDevice): { count: number } {
  const counted = { count: 0 }
  const { queue } = device
  const submit = queue.submit.bind(queue)
  queue.submit = (commands) => {
    counted.count++
    submit(commands)
  }
  return counted
}

/** Opens the library on a GPU whose devices are noted. */
export async function watchedLibrary(): Promise<GPUDevice[]> {
  const { gpu, devices } = watchedGpu()
  configure({ gpu })
  await capabilities.gpu()
  return devices
}

/** The methods that a device is asked for, each with the number of its calls. */
export function countCalls<Name extends 'createBuffer' | 'createCommandEncoder'>(
  device: GPUDevice,
  name: Name,
): { count: number } {
  const counted = { count: 0 }
  const method = device[name].bind(device) as (...args: never[]) => unknown
  device[name] = ((...args: never[]) => {
    counted.count++
    return method(...args)
  }) as GPUDevice[Name]
  return counted
}

/** The elements of an array, wherever it lies. */
export const elements = async (x: NdArray | Promise<NdArray>): Promise<unknown> =>
  toNested(await read(await x))
