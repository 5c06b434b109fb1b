/**
 * The asynchronous entry point: the names and options of 'stridefold/sync', but every call that
 * computes returns a promise.
 */

export * from './asynchronous.ts'
export * from './common.ts'
