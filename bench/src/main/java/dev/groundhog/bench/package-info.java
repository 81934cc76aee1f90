/// Measurements with a clock, side by side: the only place where time decides. Nothing depends on
/// it, and `./test` runs none of them.
///
/// [dev.groundhog.bench.ReadSpeed] compares the reading of a large dump, which
/// [dev.groundhog.bench.ServerDump] makes up, with the counting of its lines.
/// [dev.groundhog.bench.EndpointSpeed] compares the agent's endpoint with `jcmd`, and tells what it
/// costs its program. [dev.groundhog.bench.ContextSpeed] compares contexts with those of Go, and
/// tells what watches and labels cost. [dev.groundhog.bench.EngineSpeed] compares `pouchd` with
/// Docker's own daemon. [dev.groundhog.bench.BirthsCost] tells what recording starts of threads
/// costs.
@NullMarked
package dev.groundhog.bench;

import org.jspecify.annotations.NullMarked;
