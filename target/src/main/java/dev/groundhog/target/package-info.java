/// A dump of something else, and the check of another process from a test.
///
/// Start with [dev.groundhog.target.Target]: a PID, a URL, a file or standard input, each of which
/// gives dumps. [dev.groundhog.target.Check] is what an integration test calls;
/// [dev.groundhog.target.Processes] lists what could be a target here. How each kind of target is
/// read is in `internal`: `JvmAttach` speaks to a JVM and leaves nothing in it, `Conduit` is the
/// pipe that its dump comes through, `HttpSource` asks a server. Every wait there has an end. What
/// the dumps mean never belongs here: see `leak`.
package dev.groundhog.target;
