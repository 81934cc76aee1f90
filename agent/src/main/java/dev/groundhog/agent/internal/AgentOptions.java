package dev.groundhog.agent.internal;

import dev.groundhog.agent.internal.births.BirthWatch.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The text behind `-javaagent:groundhog-agent.jar=`, comma separated. What is not named is empty:
/// it stays as it is when the agent is loaded again.
///
/// @param values of those that are named
public record AgentOptions(Map<Option, Object> values) {
  /// Nothing is named.
  public static final AgentOptions NONE = new AgentOptions(Map.of());

  /// What there is.
  enum Option {
    ADDRESS(Address.FORMS),
    TOKEN_FILE("token-file=PATH"),
    PEERS("peers=same-user|any"),
    LOOKS("looks=on|off"),
    BIRTHS("births=off|sample|all"),
    PROVE("prove=off|continuous"),
    MIN_WAIT("min-wait=SECONDS"),
    ON_PROOF("on-proof=report|interrupt");

    private static final String KNOWN =
        Stream.of(values()).map(option -> option.form).collect(Collectors.joining(", "));

    private final String form;

    Option(String form) {
      this.form = form;
    }

    /// Empty for a value that is not known.
    private Optional<?> read(String value) {
      return switch (this) {
        case ADDRESS -> Optional.of(Address.parse(value));
        case TOKEN_FILE -> Optional.of(Path.of(value));
        case PEERS -> isFirst(value, "any", "same-user");
        case LOOKS -> isFirst(value, "on", "off");
        case BIRTHS -> mode(value);
        case PROVE -> isFirst(value, "continuous", "off");
        case MIN_WAIT -> seconds(value);
        case ON_PROOF -> isFirst(value, "interrupt", "report");
      };
    }

    private boolean isCalled(String text) {
      return name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text);
    }
  }

  public AgentOptions {
    values = Map.copyOf(values);
  }

  /// @throws IllegalArgumentException if an option or its value is not known; the message lists the
  ///   known ones
  public static AgentOptions parse(String text) {
    Map<Option, Object> values = new EnumMap<>(Option.class);
    for (String part : text.split(",", -1)) {
      String named = part.strip();
      if (!named.isEmpty()) {
        int equals = named.indexOf('=');
        String name = named.substring(0, Math.max(0, equals));
        Option option =
            Stream.of(Option.values())
                .filter(each -> each.isCalled(name))
                .findFirst()
                .orElseThrow(() -> unknown(named));
        String value = named.substring(equals + 1);
        if (value.isEmpty()) {
          throw unknown(named);
        }
        values.put(option, option.read(value).orElseThrow(() -> unknown(named)));
      }
    }
    return new AgentOptions(values);
  }

  private static IllegalArgumentException unknown(String option) {
    return new IllegalArgumentException("unknown option '" + option + "'; known: " + Option.KNOWN);
  }

  private static Optional<Boolean> isFirst(String value, String first, String second) {
    return value.equals(first) || value.equals(second)
        ? Optional.of(value.equals(first))
        : Optional.empty();
  }

  private static Optional<Mode> mode(String value) {
    return Stream.of(Mode.values())
        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(value))
        .findFirst();
  }

  private static Optional<Duration> seconds(String value) {
    return value.matches("0*[1-9]\\d{0,8}")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(value)))
        : Optional.empty();
  }

  private <T> Optional<T> value(Option option, Class<T> type) {
    return Optional.ofNullable(values.get(option)).map(type::cast);
  }

  /// Where to listen.
  public Optional<Address> address() {
    return value(Option.ADDRESS, Address.class);
  }

  /// A file whose first line everybody who asks must carry.
  public Optional<Path> tokenFile() {
    return value(Option.TOKEN_FILE, Path.class);
  }

  /// Whether every user of this machine may ask.
  public Optional<Boolean> anyPeer() {
    return value(Option.PEERS, Boolean.class);
  }

  /// Whether it looks at all threads now and then, to know how long they wait.
  public Optional<Boolean> looks() {
    return value(Option.LOOKS, Boolean.class);
  }

  /// Which starts of threads it records.
  public Optional<Mode> births() {
    return value(Option.BIRTHS, Mode.class);
  }

  /// Whether the collections that the JVM makes anyway prove leaks.
  public Optional<Boolean> provesContinuously() {
    return value(Option.PROVE, Boolean.class);
  }

  /// How long a thread must have waited to be judged by these.
  public Optional<Duration> minWait() {
    return value(Option.MIN_WAIT, Duration.class);
  }

  /// Whether threads that are proven to be leaked are interrupted.
  public Optional<Boolean> interruptsProven() {
    return value(Option.ON_PROOF, Boolean.class);
  }

  /// These, with this mode.
  public AgentOptions withBirths(Mode mode) {
    return changed(new AgentOptions(Map.of(Option.BIRTHS, mode)));
  }

  /// These, with what `change` names.
  public AgentOptions changed(AgentOptions change) {
    Map<Option, Object> changed = new EnumMap<>(Option.class);
    changed.putAll(values);
    changed.putAll(change.values);
    return new AgentOptions(changed);
  }
}
