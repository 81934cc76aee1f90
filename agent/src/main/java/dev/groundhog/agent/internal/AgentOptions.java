package dev.groundhog.agent.internal;

import dev.groundhog.agent.internal.births.BirthWatch.Mode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The text behind `-javaagent:groundhog-agent.jar=`, comma separated. What is not named is empty:
/// it stays as it is when the agent is loaded again.
///
/// @param address where to listen
/// @param tokenFile a file whose first line everybody who asks must carry
/// @param anyPeer whether every user of this machine may ask
/// @param births which starts of threads it records
/// @param looks whether it looks at all threads now and then, to know how long they wait
public record AgentOptions(
    Optional<Address> address,
    Optional<Path> tokenFile,
    Optional<Boolean> anyPeer,
    Optional<Boolean> looks,
    Optional<Mode> births) {
  /// Nothing is named.
  public static final AgentOptions NONE =
      new AgentOptions(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static final String KNOWN =
      Address.FORMS + ", token-file=PATH, peers=same-user|any, looks=on|off, births=off|sample|all";

  /// @throws IllegalArgumentException if an option or its value is not known; the message lists the
  ///   known ones
  public static AgentOptions parse(String text) {
    AgentOptions options = NONE;
    int start = 0;
    while (start <= text.length()) {
      int comma = text.indexOf(',', start);
      int end = comma < 0 ? text.length() : comma;
      options = options.with(text.substring(start, end).strip());
      start = end + 1;
    }
    return options;
  }

  private AgentOptions with(String option) {
    int equals = option.indexOf('=');
    if (option.isEmpty()) {
      return this;
    }
    String value = equals < 0 ? "" : option.substring(equals + 1);
    if (value.isEmpty()) {
      throw unknown(option);
    }
    return switch (option.substring(0, equals)) {
      case "address" ->
          new AgentOptions(Optional.of(Address.parse(value)), tokenFile, anyPeer, looks, births);
      case "token-file" ->
          new AgentOptions(address, Optional.of(Path.of(value)), anyPeer, looks, births);
      case "peers" ->
          new AgentOptions(
              address,
              tokenFile,
              Optional.of(isFirst(option, value, "any", "same-user")),
              looks,
              births);
      case "looks" ->
          new AgentOptions(
              address,
              tokenFile,
              anyPeer,
              Optional.of(isFirst(option, value, "on", "off")),
              births);
      case "births" -> withBirths(mode(option, value));
      default -> throw unknown(option);
    };
  }

  /// These, with this mode.
  public AgentOptions withBirths(Mode mode) {
    return new AgentOptions(address, tokenFile, anyPeer, looks, Optional.of(mode));
  }

  private static Mode mode(String option, String value) {
    return Stream.of(Mode.values())
        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(value))
        .findFirst()
        .orElseThrow(() -> unknown(option));
  }

  private static boolean isFirst(String option, String value, String first, String second) {
    if (!value.equals(first) && !value.equals(second)) {
      throw unknown(option);
    }
    return value.equals(first);
  }

  private static IllegalArgumentException unknown(String option) {
    return new IllegalArgumentException("unknown option '" + option + "'; known: " + KNOWN);
  }

  /// These, with what `change` names.
  public AgentOptions changed(AgentOptions change) {
    return new AgentOptions(
        change.address.or(() -> address),
        change.tokenFile.or(() -> tokenFile),
        change.anyPeer.or(() -> anyPeer),
        change.looks.or(() -> looks),
        change.births.or(() -> births));
  }
}
