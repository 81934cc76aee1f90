package dev.groundhog.pouch;

/// What a daemon says of itself.
///
/// @param api the newest version of Docker's API that it speaks
/// @param oldestApi the oldest; empty if it doesn't say
public record DaemonVersion(
    String version, String api, String oldestApi, String system, String architecture) {}
