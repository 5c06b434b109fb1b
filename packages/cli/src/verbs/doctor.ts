/**
 * `doctor`: prints the properties of this machine that matter to stridefold, and what is missing.
 * `--calibrate` measures it for the planner.
 */

import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import process from 'node:process'
import { bandwidth, calibrate, measurePeak, peakOf, type Speeds } from '@stridefold/measure'
import sharp from 'sharp'
import { algorithms, capabilities, correlate, ndarray } from 'stridefold/sync'
import { calibrationPath, saveCalibration, useCalibration } from '../calibration.ts'
import { exitCodes, Failure, messageOf, runtimeError } from '../failure.ts'
import { type GpuAnswer, gpuHere } from '../gpu.ts'
import { formatName, formatNames, readOnlyImageNames } from '../images/formats.ts'
import { type Io, print, printJson } from '../io.ts'
import { withProgress } from '../progress.ts'
import { status } from '../status.ts'
import { plainTable } from '../table.ts'
import { byteSize } from '../units.ts'
import { version } from '../version.ts'

export interface DoctorFlags {
  readonly calibrate?: boolean
  readonly json?: boolean
}

export async function doctor(flags: DoctorFlags, io: Io): Promise<void> {
  const { calibrate: measures = false, json = false } = flags
  const calibration = measures ? await calibrateHere(io) : await knownCalibration(io)
  const webgpu = await gpuHere(io)
  const properties = { ...machineProperties(), ...measurePeaks(io), calibration, webgpu }
  const problem = tryFilter()
  if (json)
    await printJson(io, 'doctor', {
      ...properties,
      works: problem === undefined,
      ...(problem && { problem }),
    })
  else await print(io.stdout, plainTable(rows(properties, problem)))
  if (problem !== undefined)
    throw new Failure(
      exitCodes.check,
      `The smallest filter does not work on this machine: ${problem}`,
    )
}

function machineProperties() {
  return {
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    webAssembly: typeof WebAssembly === 'object',
    ...capabilities(),
    algorithms: algorithms().map(({ name }) => name),
    formats: formatNames.map(formatName),
    readOnlyFormats: readOnlyImageNames,
    sharp: sharp.versions.sharp ?? 'unknown',
    libvips: sharp.versions.vips,
  }
}

/** What `doctor` says of the calibration. */
interface CalibrationAnswer {
  /** Whether verbs use it. */
  readonly used: boolean
  /** Where it lies; undefined if there is no place for it. */
  readonly path: string | undefined
  /** The typical factor between predicted and measured times; only after a measurement. */
  readonly errorBefore?: number
  readonly errorAfter?: number
  readonly speeds?: Speeds
}

const knownCalibration = async (io: Io): Promise<CalibrationAnswer> => ({
  used: await useCalibration(io),
  path: calibrationPath(io),
})

async function calibrateHere(io: Io): Promise<CalibrationAnswer> {
  const { json, speeds, errorBefore, errorAfter } = await withProgress(io, async (progress) => {
    try {
      return await calibrate(progress)
    } catch (error) {
      throw runtimeError(`This machine cannot be calibrated: ${messageOf(error)}.`, error)
    }
  })
  return { used: true, path: saveCalibration(json, io), errorBefore, errorAfter, speeds }
}

/** One line about the calibration. */
function calibrationText({ used, path, errorBefore, errorAfter }: CalibrationAnswer): string {
  if (errorBefore !== undefined && errorAfter !== undefined)
    return (
      `written to ${path}; predictions were typically off by a factor of ` +
      `${errorBefore.toFixed(2)}, now ${errorAfter.toFixed(2)}`
    )
  return used ? `in use: ${path}` : 'none: --calibrate measures this machine for the planner'
}

/** One line about the GPU. */
function gpuText(answer: GpuAnswer | { readonly missing: string }): string {
  if ('missing' in answer) return `no: ${answer.missing}`
  const { adapter, isFallback, limits } = answer
  const slow = isFallback ? ', a fallback that computes on the processor (slow)' : ''
  return (
    `yes: ${adapter}${slow}; buffers up to ` +
    `${byteSize(limits.maxStorageBufferBindingSize)}, ` +
    `${limits.maxStorageBuffersPerShaderStage} for a shader; workgroups of ` +
    `${limits.maxComputeInvocationsPerWorkgroup} invocations with ` +
    `${byteSize(limits.maxComputeWorkgroupStorageSize)}`
  )
}

/** Peak arithmetic and memory speed of one thread. NaN without SIMD. */
function measurePeaks(io: Io): { readonly peakGflops: number; readonly bandwidthGBs: number } {
  const progress = status(io)
  progress.show('measuring arithmetic and memory')
  const peak = measurePeak()
  const peakGflops = peakOf(Array.from({ length: 40 }, peak))
  const bandwidthGBs = bandwidth()
  progress.done()
  return { peakGflops, bandwidthGBs }
}

/** Computes 1·1 + 2·1 and returns the error; undefined if the result is right. */
function tryFilter(): string | undefined {
  try {
    const [sum] = correlate(ndarray(Float32Array.of(1, 2)), ndarray(Float32Array.of(1, 1)), {
      mode: 'valid',
    }).data
    return sum === 3 ? undefined : `1·1 + 2·1 gave ${sum}`
  } catch (error) {
    return messageOf(error)
  }
}

function rows(
  properties: ReturnType<typeof machineProperties> &
    ReturnType<typeof measurePeaks> & {
      readonly calibration: CalibrationAnswer
      readonly webgpu: GpuAnswer | { readonly missing: string }
    },
  problem: string | undefined,
): (readonly [string, string])[] {
  const yes = (has: boolean, without: string): string => (has ? 'yes' : `no: ${without}`)
  const formatMeasured = (value: number, unit: string, what: string): string =>
    Number.isNaN(value) ? 'not measured: no SIMD' : `${value.toPrecision(3)} ${unit}, ${what}`
  const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`
  return [
    ['stridefold', properties.version],
    ['Node', `${properties.node} on ${properties.platform}`],
    ['processor', properties.cpu],
    ['cores', String(properties.cores)],
    [
      'memory',
      `${gibibytes(properties.memoryBytes)}, ${gibibytes(properties.freeMemoryBytes)} free`,
    ],
    ['WebAssembly', yes(properties.webAssembly, 'the js backend computes everything, slowly')],
    ['SIMD', yes(properties.simd, 'the js backend computes everything, slowly')],
    ['relaxed SIMD', yes(properties.relaxedSimd, 'multiply and add take two instructions')],
    ['shared memory', yes(properties.sharedMemory, 'threads work on copies')],
    [
      'peak',
      formatMeasured(
        properties.peakGflops,
        'GFLOP/s',
        'float32 multiplications and additions of 128-bit SIMD on one thread',
      ),
    ],
    [
      'memory speed',
      formatMeasured(
        properties.bandwidthGBs,
        'GB/s',
        'reads and writes of one thread (triad over 192 MiB)',
      ),
    ],
    ['WebGPU', gpuText(properties.webgpu)],
    ['calibration', calibrationText(properties.calibration)],
    ['algorithms', properties.algorithms.join(', ')],
    [
      'files',
      `${properties.formats.join(', ')}, and ${properties.readOnlyFormats.join(', ')} as input ` +
        `(sharp ${properties.sharp}, libvips ${properties.libvips})`,
    ],
    ['smallest filter', problem ?? 'works'],
  ]
}
