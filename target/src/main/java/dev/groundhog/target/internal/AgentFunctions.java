package dev.groundhog.target.internal;

import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.KnownFunctions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What our own endpoint tells of functions, at `/debug/groundhog/functions?name=`.
final class AgentFunctions {
  private static final String PATH = "/debug/groundhog/functions?name=";
  private static final int MAX_BYTES = 1 << 16;

  /// The end of `groundhog.functions/1`; a name that has to be escaped is not offered.
  private static final Pattern ANSWER =
      Pattern.compile("\"known\":(true|false),\"nearest\":(?:null|\"([^\"\\\\]*)\"|.*)}\\s*$");

  /// Gets the body of an answer with status 200.
  @FunctionalInterface
  interface Getter {
    InputStream get(String path) throws IOException;
  }

  private AgentFunctions() {}

  /// Empty if it cannot be told, or nobody answers.
  static Optional<KnownFunctions.Told> told(FunctionPattern pattern, Getter getter) {
    String path = PATH + URLEncoder.encode(pattern.toString(), StandardCharsets.UTF_8);
    try (InputStream body = getter.get(path)) {
      String text = new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
      Matcher answer = ANSWER.matcher(text);
      return answer.find()
          ? Optional.of(
              new KnownFunctions.Told(
                  answer.group(1).equals("true"), Optional.ofNullable(answer.group(2))))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
