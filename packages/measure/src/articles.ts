/**
 * The two articles: their functions as they are written, and the figures that they print.
 */

export * from './as-written/article1.ts'
export * from './as-written/article2.ts'
export * from './as-written/forms.ts'
export * from './as-written/printed-figures.ts'
