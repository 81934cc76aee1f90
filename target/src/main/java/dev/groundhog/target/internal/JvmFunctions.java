package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.target.TargetException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Which functions a JVM has: its classes by `VM.class_hierarchy`, names of methods among its
/// symbols by `VM.symboltable -verbose`.
final class JvmFunctions {
  /// A JVM of a million classes and symbols; what is beyond is not known.
  private static final int MAX_NAMES = 5_000_000;

  private static final int MAX_NAME_LENGTH = 1_000;

  private JvmFunctions() {}

  /// What the JVM tells; empty where it has not got these commands or lets nobody attach.
  static Optional<KnownFunctions> of(long pid, Dump dump) {
    try {
      Set<String> classes =
          JvmAttach.run(
              pid,
              "VM.class_hierarchy",
              JvmAttach.LIMIT,
              text -> names(text, JvmFunctions::className));
      Set<String> symbols =
          JvmAttach.run(
              pid,
              "VM.symboltable -verbose",
              JvmAttach.LIMIT,
              text -> names(text, JvmFunctions::symbol));
      return classes.isEmpty() || symbols.isEmpty()
          ? Optional.empty()
          : Optional.of(KnownFunctions.ofJvm(classes, symbols, dump));
    } catch (TargetException _) {
      return Optional.empty();
    }
  }

  private static Set<String> names(InputStream text, Function<String, Optional<String>> name)
      throws IOException {
    Set<String> names = new HashSet<>();
    BufferedReader lines = new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
    for (String line = lines.readLine();
        line != null && names.size() < MAX_NAMES;
        line = lines.readLine()) {
      if (line.length() < MAX_NAME_LENGTH) {
        name.apply(line).ifPresent(names::add);
      }
    }
    return names;
  }

  /// `| |--dev.acme.Server/0x00007fd48c0ccad0`; hidden classes have two addresses.
  private static Optional<String> className(String line) {
    int slash = line.indexOf('/');
    int dashes = line.indexOf("|--");
    int start = dashes < 0 ? 0 : line.lastIndexOf("|--", Math.max(dashes, slash)) + 3;
    return slash <= start ? Optional.empty() : Optional.of(line.substring(start, slash).strip());
  }

  /// `14 1: combinedOutput`: length, references, text. Only what can be a method's name (JVMS
  /// 4.2.2).
  private static Optional<String> symbol(String line) {
    int colon = line.indexOf(": ");
    String text = colon < 0 ? "" : line.substring(colon + 2);
    boolean canBeMethod =
        !text.isEmpty()
            && text.indexOf('/') < 0
            && text.indexOf('.') < 0
            && text.indexOf(';') < 0
            && text.indexOf('[') < 0;
    return canBeMethod ? Optional.of(text) : Optional.empty();
  }
}
