/**
 * Where the demo's pictures go unless another place is named. Both the command's help and the verb
 * need it.
 */
export const demoFolder = 'stridefold-out'
