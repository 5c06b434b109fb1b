/**
 * A file of its own: users' types must not need those of the engine, which are WebAssembly's.
 */

/** Options of `ConvolutionStream.setKernel`. */
export interface SetKernelOptions {
  /**
   * The samples over which the results of the new kernel take over from those of the old one.
   * Default 1024, which is 21 ms at 48 kHz. 0 changes at once, which may click.
   */
  readonly crossfade?: number
  /**
   * If true, the new kernel is prepared in pieces within later calls of `process`, so that no call
   * takes long. The crossfade begins when it is ready. For threads with deadlines. Default false:
   * prepared now, and the crossfade begins with the next sample.
   */
  readonly gradual?: boolean
}
