/** Numbers row by row. */
export interface PlaneNumbers {
  readonly rows: number
  readonly columns: number
  readonly data: ArrayLike<number>
}
