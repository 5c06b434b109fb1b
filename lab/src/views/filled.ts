/**
 * The part of a slider before its thumb, for the style sheet: the track is ink up to there.
 */

export const filled = (value: number, least: number, most: number): Record<string, string> => ({
  '--filled': `${most > least ? (100 * (value - least)) / (most - least) : 0}%`,
})
