/**
 * What can the GPU do at most? Shaders written by hand, without the library: multiplications and
 * additions in registers, and a copy in memory.
 */

/** The parts of a device that are used here. Constants of WebGPU are numbers: Node has no names. */
const usage = { copySource: 4, copyTarget: 8, storage: 128 }

const [invocations, vectors, depth] = [256, 8, 64]

/** Every invocation adds to `vectors` vectors of 4, without a load. */
const arithmetic = (rounds: number): string => `
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(${invocations})
fn main(@builtin(global_invocation_id) at: vec3u) {
  let b = vec4f(f32(at.x & 7u) * 1e-3 + 0.5);
  let c = vec4f(1e-3, 2e-3, 3e-3, 4e-3);
${each((v) => `  var a${v} = vec4f(f32(at.x) + ${v}.0);`)}
  for (var i = 0; i < ${rounds}; i++) {
${Array.from({ length: depth }, () => each((v) => `    a${v} = fma(a${v}, b, c);`)).join('\n')}
  }
  let sum = ${Array.from({ length: vectors }, (_, v) => `a${v}`).join(' + ')};
  // Never true, which the compiler cannot know.
  if (sum.x + sum.y + sum.z + sum.w == 12345.678) { out[0] = sum.x; }
}`

function each(line: (vector: number) => string): string {
  return Array.from({ length: vectors }, (_, v) => line(v)).join('\n')
}

const copying = `
@group(0) @binding(0) var<storage, read_write> to: array<vec4f>;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = at.y * groups.x * 256 + at.x;
  if (i < arrayLength(&to)) { to[i] = source[i]; }
}`

/** Multiplications and additions per second, by register loops. */
export async function peakFlops(device: GPUDevice, isTiny: boolean): Promise<number> {
  const groups = isTiny ? 1 : 4096
  const rounds = isTiny ? 1 : 64
  const out = device.createBuffer({ size: 4, usage: usage.storage })
  const run = await dispatcher(device, arithmetic(rounds), [out], [groups, 1])
  const flops = groups * invocations * rounds * depth * vectors * 4 * 2
  const seconds = await fastest(device, run, isTiny)
  out.destroy()
  return flops / seconds
}

/** Bytes read and written per second by a copy. */
export async function copyBytes(device: GPUDevice, isTiny: boolean): Promise<number> {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits
  const size = isTiny ? 2 ** 12 : Math.min(maxStorageBufferBindingSize, maxBufferSize, 2 ** 29)
  const buffers = [0, 1].map(() =>
    device.createBuffer({ size, usage: usage.storage | usage.copySource | usage.copyTarget }),
  )
  const groups = Math.ceil(size / 16 / 256)
  const across = Math.min(groups, 32_768)
  const run = await dispatcher(device, copying, buffers, [across, Math.ceil(groups / across)])
  const seconds = await fastest(device, run, isTiny)
  for (const buffer of buffers) buffer.destroy()
  return (2 * size) / seconds
}

/** Submits a shader so many times. */
type Run = (times: number) => void

async function dispatcher(
  device: GPUDevice,
  code: string,
  buffers: readonly GPUBuffer[],
  [x, y]: readonly [number, number],
): Promise<Run> {
  const module = device.createShaderModule({ code })
  const pipeline = await device.createComputePipelineAsync({
    ...{ layout: 'auto', compute: { module, entryPoint: 'main' } },
  })
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  })
  return (times) => {
    const encoder = device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, group)
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(x, y)
    pass.end()
    device.queue.submit([encoder.finish()])
  }
}

/** The shortest time of a run among measurements of many runs. */
async function fastest(device: GPUDevice, run: Run, isTiny: boolean): Promise<number> {
  const timed = async (times: number): Promise<number> => {
    const start = performance.now()
    run(times)
    await device.queue.onSubmittedWorkDone()
    return (performance.now() - start) / 1000 / times
  }
  if (isTiny) return timed(1)
  await timed(1)
  const times = Math.max(1, Math.min(1000, Math.ceil(0.1 / (await timed(4)))))
  let best = Infinity
  for (let i = 0; i < 5; i++) best = Math.min(best, await timed(times))
  return best
}
