/** A network prepared in stridefold or in another library. */
export interface ReadyNetwork {
  /** The library, its version and its threads. */
  readonly name: string
  /** Runs the network once, and returns its result. A promise is awaited. */
  readonly run: () => Float32Array | Promise<Float32Array>
}
