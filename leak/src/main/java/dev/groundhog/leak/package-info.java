/// What is a leak and what is not.
///
/// Start with [dev.groundhog.leak.Groups], which folds a dump into stack groups, then
/// [dev.groundhog.leak.Looks], which compares what one process did at two moments, and
/// [dev.groundhog.leak.LeakRules], which turns both into verdicts with their evidence.
/// [dev.groundhog.leak.Suppressions] are what a person has reviewed, and [dev.groundhog.leak.Diff]
/// compares two dumps. [dev.groundhog.leak.FunctionPattern] is how a person names a function.
/// Reading dumps (module `dump`) and getting them from a process (module `target`) never belong
/// here.
package dev.groundhog.leak;
