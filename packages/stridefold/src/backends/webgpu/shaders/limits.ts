/** What a device allows, and what is known of how it computes. Plain data, given to lowering. */

export interface ShaderLimits {
  /** The most bytes of a buffer that a shader reads or writes. */
  readonly bindingBytes: number
  /** The most buffers of a shader. */
  readonly buffers: number
  /** The most workgroups along one axis of a dispatch. */
  readonly workgroups: number
  /** The bytes of the memory that a workgroup shares. */
  readonly workgroupBytes: number
  /** The most invocations of a workgroup. */
  readonly invocations: number
}

/** The limits that every device has. */
export const leastLimits: ShaderLimits = {
  bindingBytes: 2 ** 27,
  buffers: 8,
  workgroups: 65_535,
  workgroupBytes: 2 ** 14,
  invocations: 256,
}
