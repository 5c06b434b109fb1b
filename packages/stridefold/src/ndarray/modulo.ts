/** The remainder of a / b in [0, b), also for a negative `a`. */
export const modulo = (a: number, b: number): number => ((a % b) + b) % b
