package dev.groundhog.target;

import java.util.Optional;

/// One line of the list of processes.
///
/// @param runtime `JVM 25.0.3` or `Go 1.27.2`; the version is left out if it cannot be told
/// @param threads operating system threads, or -1 if unknown
/// @param command the command line, its first 4,096 bytes
/// @param program the part of it that says what runs: of `java`, the main class, module or jar with
///   its arguments
/// @param agent where Groundhog's agent listens in it, `127.0.0.1:6060`; empty if none does that
///   can be asked from here
public record ProcessSummary(
    long pid,
    long ppid,
    String runtime,
    long threads,
    String command,
    String program,
    Optional<String> agent) {}
