/// A dump of something else, and the check of another process from a test.
///
/// Start with [dev.groundhog.target.Target]: a PID, a URL, a file or standard input, each of which
/// gives dumps. [dev.groundhog.target.Check] is what an integration test calls;
/// [dev.groundhog.target.Processes] lists what could be a target here. How a JVM is attached to
/// without leaving anything in it is in `internal`. What the dumps mean never belongs here: see
/// `leak`.
package dev.groundhog.target;
