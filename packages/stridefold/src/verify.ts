/**
 * The entry point 'stridefold/verify': the definition in float64, and the comparison of a result
 * with it. The result may come from this library or from any other.
 */

export {
  type Comparison,
  compareWithDefinition,
  type DefinedOperands,
  type Definition,
  definition,
  type Fault,
  type OutputSelection,
  type Tolerance,
} from './reference/compare.ts'
