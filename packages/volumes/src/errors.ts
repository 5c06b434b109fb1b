/**
 * What can go wrong with arrays in files, by whose fault it is. The command line turns the fault
 * into an exit code: 2 for requests, 3 for data, 1 for the rest.
 */

/**
 * - `request`: the caller asked for something that cannot be done.
 * - `data`: the source is damaged or is not what its name says.
 * - `store`: the disk, the network or the permissions.
 */
export type Fault = 'request' | 'data' | 'store'

/** An error whose message names the array, what was wrong, and what to do. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError'
  readonly fault: Fault

  constructor(fault: Fault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}
