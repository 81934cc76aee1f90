package dev.groundhog.target;

/// One line of the list of processes.
///
/// @param runtime `JVM 25.0.3` or `Go 1.27.2`; the version is left out if it cannot be told
/// @param threads operating system threads, or -1 if unknown
public record ProcessSummary(long pid, long ppid, String runtime, long threads, String command) {}
