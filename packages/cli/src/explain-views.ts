/** The views that `stridefold explain --at` accepts. */
export const views = ['output', 'input', 'kernel', 'im2col', 'toeplitz'] as const
