package dev.groundhog.pouch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A container to be made. What is empty is left to the image and the daemon.
///
/// @param command what it runs; the image's own if empty
/// @param environment `NAME=VALUE`
/// @param binds `SOURCE:TARGET[:OPTIONS]`
/// @param memoryBytes how much memory it may use
/// @param pidsLimit how many processes it may have
/// @param network such as `none` or `host`
/// @param removeWhenEnded whether the daemon removes it at its end
public record RunRequest(
    String image,
    List<String> command,
    Optional<String> name,
    List<String> environment,
    Map<String, String> labels,
    Optional<String> user,
    Optional<String> workingDirectory,
    List<String> binds,
    OptionalLong memoryBytes,
    OptionalLong pidsLimit,
    Optional<String> network,
    boolean removeWhenEnded) {

  public RunRequest {
    command = List.copyOf(command);
    environment = List.copyOf(environment);
    labels = Map.copyOf(labels);
    binds = List.copyOf(binds);
  }

  /// A command in a container of this image, and nothing else said.
  public static RunRequest of(String image, List<String> command) {
    return new RunRequest(
        image,
        command,
        Optional.empty(),
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.empty(),
        false);
  }
}
