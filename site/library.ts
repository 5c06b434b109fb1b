/** Every public name of the library, for the examples of the reference. Built into one file. */

export * from 'stridefold'
export * from 'stridefold/boxes'
export * from 'stridefold/npy'
export * from 'stridefold/verify'
