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
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.stream.Collectors;

/// What libraries of ours in the program ask at the meeting point, and the answers, as text: they
/// may be of another version.
///
/// | `ask` | with | answer |
/// |---|---|---|
/// | `dump` | | all threads, as `groundhog.dump/1` |
/// | `next-tag` | | a tag that nobody else gets in this JVM, from 4 on; 1 is for who tries whether tags work, 2 for what nobody has to answer for, 3 has what a worker of the common pool has started |
/// | `tag` | `thread`, the id of one that is alive; `tag`, a number | whoever that thread starts from now on has the tag, and so on; with 0 it hands on none, nor what it inherited; with 0 or 2 a worker of the common pool hands on 3 |
/// | `tagged` | `tag`, a number | the ids of threads with it that have not ended, blanks between them |
/// | `tagged` | `tag`, several numbers with blanks between them | a line for each tag that a thread has: the tag and these ids, blanks between them |
/// | `interrupt` | `threads`, ids with blanks between them | those that are alive are interrupted |
///
/// `tag` and `tagged` answer `error: ` and a sentence if not every start is recorded, if some were
/// missed since the tag was first given, because another agent has changed how threads start, say,
/// or if a bound is met. Who has the tag is then not known, and a new tag is needed. In all other
/// cases it is known for sure.
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
      case "next-tag" -> Integer.toString(births.nextTag());
      case "tag" ->
          orError(() -> {
            births.tag(number(asked, "thread"), Math.toIntExact(number(asked, "tag")));
            return "";
          });
      case "tagged" -> orError(() -> tagged(numbers(asked, "tag")));
      case "interrupt" -> {
        jvm.interrupt(numbers(asked, "threads"));
        yield "";
      }
      default -> throw new IllegalArgumentException("unknown question '" + question + "'");
    };
  }

  private interface Answer {
    String get() throws IOException;
  }

  private static String orError(Answer answer) {
    try {
      return answer.get();
    } catch (IOException e) {
      return "error: " + e.getMessage();
    }
  }

  private String tagged(Set<Long> tags) throws IOException {
    SortedMap<Integer, SortedSet<Long>> found =
        births.tagged(tags.stream().map(Math::toIntExact).collect(Collectors.toSet()));
    return tags.size() == 1
        ? found.values().stream().map(Questions::joined).collect(Collectors.joining())
        : found.entrySet().stream()
            .map(tag -> tag.getKey() + " " + joined(tag.getValue()))
            .collect(Collectors.joining("\n"));
  }

  private static String joined(Set<Long> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(" "));
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
