/** Settings of the whole library, for all later calls. */

import { useGpu } from '../backends/webgpu/device/open.ts'
import { OptionError } from '../errors.ts'
import { formatValue } from '../geometry/format-value.ts'
import { validateOptions } from '../ndarray/options.ts'
import { allBackends } from './backends.ts'
import { forgetAll } from './state.ts'
import { currentTuning, setTuning } from './tuning.ts'
import { isIdle } from './turns.ts'

/** The settings of `configure`. Each of them may be left out. */
export interface Configuration {
  /**
   * The largest number of threads of a call, a whole number ≥ 1. Default: as many as the machine
   * has processors; in a browser half of them, at most 8. Set it to leave cores to others.
   */
  readonly threads?: number
  /**
   * The address of the library's worker script, `dist/worker.js` of the package. Default: none; the
   * script is then part of the library, and starts from a `blob:` address. For pages whose
   * Content-Security-Policy forbids that (docs/threads.md). Without effect where no worker can
   * start: `capabilities().missing.threads` has the reason.
   */
  readonly workerUrl?: string | URL
  /**
   * The `GPU` that offers adapters. Default: `navigator.gpu`. Node has none: give
   * `create([])` of the npm package `webgpu` (docs/webgpu.md).
   */
  readonly gpu?: object
  /**
   * A `GPUDevice` to use, for pages that share one with other libraries. Default: the library opens
   * its own. It is yours: `close()` does not destroy it. Its buffers are accepted as arrays:
   * `{ buffer, shape, dtype }`. If it is lost, later calls open a GPU of the library. A `gpu`
   * without a device ends its use.
   */
  readonly device?: object
  /**
   * The most bytes that the memories of the library may grow to, all of them together. Default: no
   * limit but that of the engine. A call that needs more throws `UnavailableError`
   * (`OUT_OF_MEMORY`). Arrays on the JavaScript heap do not count. The memories never shrink: to
   * set a limit below their size, call `close()` first.
   */
  readonly memoryBytes?: number
}

/**
 * Sets options of the whole library for all later calls, those of both entry points. Options that
 * are left out keep their values. `Configuration` describes each of them.
 *
 * - `configuration`: threads, workerUrl, gpu, device, memoryBytes.
 *
 * Throws `OptionError` for unknown options and values that are not valid (`OPTION_UNKNOWN`,
 * `OPTION_INVALID`), while calls of 'stridefold' wait or run (`CALLS_RUNNING`), and for a limit
 * below what the memories hold (`MEMORY_IN_USE`). After an error nothing has changed. Allocates
 * nothing.
 *
 * @example
 * configure({ memoryBytes: 512 * 2 ** 20 }) // undefined
 */
export function configure(configuration: Configuration): void {
  const names = ['threads', 'workerUrl', 'gpu', 'device', 'memoryBytes'] as const
  const { threads, workerUrl, gpu, device, memoryBytes } = validateOptions(
    'configure',
    configuration,
    names,
  )
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads >= 1))
    throw invalid('threads', threads, 'a whole number ≥ 1')
  if (memoryBytes !== undefined && !(typeof memoryBytes === 'number' && memoryBytes > 0))
    throw invalid('memoryBytes', memoryBytes, 'a number of bytes > 0')
  if (workerUrl !== undefined && typeof workerUrl !== 'string' && !(workerUrl instanceof URL))
    throw invalid('workerUrl', workerUrl, 'an address')
  if (!isIdle()) {
    throw new OptionError(
      'CALLS_RUNNING',
      'configure: calls are waiting or running. Await them first.',
    )
  }
  if (gpu !== undefined || device !== undefined) useGpu({ gpu, device })
  if (memoryBytes !== undefined)
    for (const backend of allBackends()) backend.limitMemory(memoryBytes)
  if (threads === undefined && workerUrl === undefined) return
  for (const backend of allBackends())
    backend.configureThreads({ threads, workerUrl: workerUrl?.toString() })
  // The plans were made for another number. What was measured stays.
  const tuning = currentTuning()
  forgetAll()
  setTuning(tuning)
}

const invalid = (name: string, value: unknown, needed: string): OptionError =>
  new OptionError(
    'OPTION_INVALID',
    `configure: option '${name}' is ${formatValue(value)}; it must be ${needed}.`,
  )
