package dev.groundhog.mark.internal;

import dev.groundhog.mark.LeakProneIndex;
import dev.groundhog.mark.LeakProneIndex.Function;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// One index file as text: what [LeakProneProcessor] writes and [LeakProneIndex] reads.
///
/// @param warnings the lines that are passed over
public record IndexFile(List<Function> functions, List<String> warnings) {
  private static final String HEAD =
      "# The functions that are marked @LeakProne here, by Groundhog's annotation processor.\n";

  private static final String WORD = "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*+";

  private static final Pattern FUNCTION =
      Pattern.compile("(?:" + WORD + "\\.)++(?:" + WORD + "|<init>)");

  /// A name has at most so many characters, which is what a class file can hold.
  private static final int MAX_NAME = 1 << 16;

  private static final int MAX_SHOWN = 80;

  /// @param name what warnings call the file
  /// @param content its bytes; of more than [LeakProneIndex#MAX_FILE_BYTES] the last line is
  ///   incomplete, and left out
  public static IndexFile read(String name, byte[] content) {
    List<Function> functions = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    List<String> lines = new String(content, StandardCharsets.UTF_8).lines().toList();
    if (content.length > LeakProneIndex.MAX_FILE_BYTES) {
      lines = lines.subList(0, lines.size() - 1);
      warnings.add(name + ": only the first " + LeakProneIndex.MAX_FILE_BYTES + " bytes are read");
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.isBlank() && !line.startsWith("#")) {
        String place = name + ":" + (i + 1);
        function(line)
            .ifPresentOrElse(
                functions::add,
                () -> warnings.add(place + ": '" + start(line) + "' names no function"));
      }
    }
    return new IndexFile(functions, warnings);
  }

  /// The whole file.
  static String text(Collection<Function> sorted) {
    StringBuilder text = new StringBuilder(HEAD);
    for (Function function : sorted) {
      text.append(function.name());
      function.reason().ifPresent(reason -> text.append('\t').append(reason));
      text.append('\n');
    }
    return text.toString();
  }

  private static Optional<Function> function(String line) {
    int tab = line.indexOf('\t');
    String name = tab < 0 ? line : line.substring(0, tab);
    String reason = tab < 0 ? "" : line.substring(tab + 1).strip();
    return name.length() <= MAX_NAME && FUNCTION.matcher(name).matches()
        ? Optional.of(new Function(name, Optional.of(reason).filter(r -> !r.isEmpty())))
        : Optional.empty();
  }

  private static String start(String line) {
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
  }
}
