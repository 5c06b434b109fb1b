/**
 * The default output folder of `demo`. Both the help of the command and the verb need it.
 */
export const demoFolder = 'stridefold-out'
