package dev.groundhog.dump.fuzz;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.fuzz.Oracle.Outcome;
import dev.groundhog.dump.internal.Content;
import dev.groundhog.dump.internal.Lines;
import dev.groundhog.dump.internal.TextFormat;
import dev.groundhog.dump.internal.go.GoDebug1;
import dev.groundhog.dump.internal.go.GoProfile;
import dev.groundhog.dump.internal.go.GoTraceback;
import dev.groundhog.dump.internal.jvm.DumpToFileText;
import dev.groundhog.dump.internal.jvm.JstackText;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.stream.Stream;

/// What is fuzzed: each reader alone, what they stand on, and all of them behind [DumpReader]. A
/// new reader gets a constant here, with files of the corpus to start from.
enum FuzzTarget {
  GO_TRACEBACK(
      List.of("go/zoo-early-debug2.txt.gz", "go/zoo-sigquit-system.txt.gz"),
      input -> Oracle.holds(only(new GoTraceback()), input, true)),
  GO_DEBUG1(
      List.of("go/zoo-aged-debug1.txt", "go/zoo-threadcreate-debug1.txt"),
      input -> Oracle.holds(only(new GoDebug1()), input, true)),
  GO_PROFILE(
      List.of("go/zoo-aged-debug0.pb.gz", "go/zoo-goroutine-delta2s.pb.gz"),
      input -> Oracle.holds(GoProfile::read, input, false)),
  JSTACK(
      List.of(
          "jvm/waits-jdk17-thread_print.txt.gz",
          "jvm/waits-jdk25-thread_print.txt.gz",
          "jvm/zoo-jdk25-jstack.txt.gz"),
      input -> Oracle.holds(only(new JstackText()), input, true)),
  DUMP_TO_FILE_TEXT(
      List.of("jvm/waits-jdk21-dump_to_file.txt.gz", "jvm/waits-jdk25-dump_to_file.txt.gz"),
      input -> Oracle.holds(only(new DumpToFileText()), input, true)),
  DUMP_TO_FILE_JSON(
      List.of("jvm/waits-jdk21-dump_to_file.json.gz", "jvm/waits-jdk25-dump_to_file.json.gz"),
      input -> Oracle.holds(DumpReader::read, input, false)),
  /// `groundhog.dump/1`.
  DUMP_JSON(Seeds.FEW_OF_EACH, input -> Oracle.holds(DumpReader::read, input, false)),
  /// Dumps behind the prefixes of loggers.
  LOGGED(Seeds.FEW_OF_EACH, input -> Oracle.holds(DumpReader::read, input, true)),
  GZIP(Seeds.FEW_OF_EACH, FuzzTarget::gzip),
  JSON_TOKENS(List.of("jvm/waits-jdk25-dump_to_file.json.gz"), Tokens::json),
  PROTOBUF_FIELDS(List.of("go/zoo-aged-debug0.pb.gz"), Tokens::protobuf),
  /// Valid dumps, made of pieces of the corpus as the input says, and cut.
  CUT(List.of(), CutInput::check),
  ANYTHING(Seeds.FEW_OF_EACH, input -> Oracle.holds(DumpReader::read, input, false));

  /// What must hold of an input.
  interface Check {
    void of(byte[] input);
  }

  final List<String> corpus;
  private final Check check;

  FuzzTarget(List<String> corpus, Check check) {
    this.corpus = corpus;
    this.check = check;
  }

  /// Fails with whatever the reader threw and may not throw, or with an [AssertionError].
  void check(byte[] input) {
    check.of(input);
  }

  /// Where fuzzing starts: small pieces of this target's files.
  List<byte[]> seeds() {
    Stream<byte[]> pieces = Seeds.pieces(corpus).stream();
    return switch (this) {
      case GZIP -> pieces.flatMap(piece -> Stream.of(piece, Oracle.gzip(piece))).toList();
      case DUMP_JSON -> pieces.map(Seeds::asDumpJson).toList();
      case LOGGED -> pieces.flatMap(piece -> Seeds.logged(piece).stream()).toList();
      case CUT -> CutInput.seeds();
      default -> pieces.toList();
    };
  }

  /// Reads all dumps of one text format and passes over everything else.
  private static Oracle.Reader only(TextFormat format) {
    return (input, sink) -> {
      Lines lines = new Lines(new Content(input), 0);
      boolean found = false;
      while (lines.peek() != null) {
        if (format.startsAt(lines)) {
          format.read(lines, sink);
          found = true;
        } else {
          lines.next();
        }
      }
      if (!found) {
        throw new DumpException(DumpException.Code.UNKNOWN_FORMAT, "nothing found");
      }
    };
  }

  /// Packed input is taken as it is; any other must be read packed as it is read plain.
  private static void gzip(byte[] input) {
    if (input.length > 1 && input[0] == 0x1f && (input[1] & 0xff) == 0x8b) {
      Oracle.read(
          DumpReader::read,
          () -> new ByteArrayInputStream(input),
          input.length * Seeds.MOST_PACKED);
      return;
    }
    Outcome plain = Oracle.read(DumpReader::read, input);
    byte[] packed = Oracle.gzip(input);
    Oracle.same(plain, Oracle.readPacked(packed, input.length), "packed");
  }
}
