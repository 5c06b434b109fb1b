/** Strides in bytes of one loop, for the four pointers of a microkernel. */

export interface ByteStrides {
  readonly moving: number
  readonly stationary: number
  readonly to: number
  readonly bias: number
}

/** The pointers in the order of the parameters of drivers and microkernels. */
export const pointers = ['moving', 'stationary', 'to', 'bias'] as const

export const zeroStrides: ByteStrides = { moving: 0, stationary: 0, to: 0, bias: 0 }

export const scaleStrides = (s: ByteStrides, n: number): ByteStrides => ({
  moving: s.moving * n,
  stationary: s.stationary * n,
  to: s.to * n,
  bias: s.bias * n,
})

export const addStrides = (s: ByteStrides, t: ByteStrides): ByteStrides => ({
  moving: s.moving + t.moving,
  stationary: s.stationary + t.stationary,
  to: s.to + t.to,
  bias: s.bias + t.bias,
})
