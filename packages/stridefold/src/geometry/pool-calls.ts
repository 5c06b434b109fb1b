/** Which steps of a pipeline pool, and how many spatial axes has each? */

export type MaxPoolCall = 'maxPool1d' | 'maxPool2d' | 'maxPool3d'
export type AveragePoolCall = 'averagePool1d' | 'averagePool2d' | 'averagePool3d'
export type PoolCall = MaxPoolCall | AveragePoolCall

const ranks: Readonly<Record<PoolCall, 1 | 2 | 3>> = {
  maxPool1d: 1,
  maxPool2d: 2,
  maxPool3d: 3,
  averagePool1d: 1,
  averagePool2d: 2,
  averagePool3d: 3,
}

export const poolCalls: readonly PoolCall[] = Object.keys(ranks) as PoolCall[]

export const poolRank = (call: PoolCall): 1 | 2 | 3 => ranks[call]

export const isMaxPool = (call: PoolCall): call is MaxPoolCall => call.startsWith('max')
