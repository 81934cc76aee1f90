package dev.groundhog.agent.internal;

import dev.groundhog.agent.internal.births.BirthWatch;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.endpoint.ThisJvm;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What libraries of ours in the program ask at the meeting point, and the answers, as text: they
/// may be of another version.
///
/// | `ask` | with | answer |
/// |---|---|---|
/// | `dump` | | all threads, as `groundhog.dump/1` |
/// | `tag` | `thread`, an id; `tag`, a number | whoever that thread starts from now on has the tag, and so on; with 0 it hands on none, nor what it inherited |
/// | `tagged` | `tag` | the ids of threads with it that have not ended, blanks between them |
/// | `interrupt` | `threads`, ids with blanks between them | those that are alive are interrupted |
public final class Questions {
  private final ThisJvm jvm;
  private final BirthWatch births;

  public Questions(ThisJvm jvm, BirthWatch births) {
    this.jvm = jvm;
    this.births = births;
  }

  /// @throws IllegalArgumentException if the question is not known or lacks something
  public String answer(String question, Map<String, String> asked) {
    return switch (question) {
      case "dump" -> dump();
      case "tag" -> {
        births.tag(number(asked, "thread"), Math.toIntExact(number(asked, "tag")));
        yield "";
      }
      case "tagged" ->
          Arrays.stream(births.tagged(Math.toIntExact(number(asked, "tag"))))
              .mapToObj(Long::toString)
              .collect(Collectors.joining(" "));
      case "interrupt" -> {
        jvm.interrupt(numbers(asked, "threads"));
        yield "";
      }
      default -> throw new IllegalArgumentException("unknown question '" + question + "'");
    };
  }

  private String dump() {
    try {
      StringWriter text = new StringWriter();
      DumpWriter.json(jvm.dump(), text);
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<Long> numbers(Map<String, String> asked, String name) {
    return Arrays.stream(asked.getOrDefault(name, "").split(" "))
        .map(text -> number(text, name))
        .collect(Collectors.toSet());
  }

  private static long number(Map<String, String> asked, String name) {
    return number(asked.getOrDefault(name, ""), name);
  }

  private static long number(String text, String name) {
    if (!text.matches("\\d{1,18}")) {
      throw new IllegalArgumentException("'" + text + "' is no number: " + name);
    }
    return Long.parseLong(text);
  }
}
