/**
 * Which names are those of sounds? Imports nothing, because the command line asks before it
 * loads.
 */

export const isWavName = (name: string): boolean => /\.wave?$/i.test(name)
