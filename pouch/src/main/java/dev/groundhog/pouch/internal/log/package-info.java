/// What containers printed, kept and read again.
///
/// A container appends to two raw files in its folder, and knows nothing of the daemon. [Logs]
/// turns them into Docker's `json.log`, on one thread for all containers (`Collector`, and
/// `Collecting` for each); a [ContainerLog] is one container's, and a [LogCursor] reads it.
/// `Segments` is where writer and readers meet: which files there are, how much of them may be
/// read, and who still needs which. `Repair` is what a start after a crash does.
///
/// Nothing here knows HTTP, Docker's frames or how timestamps are shown.
package dev.groundhog.pouch.internal.log;
