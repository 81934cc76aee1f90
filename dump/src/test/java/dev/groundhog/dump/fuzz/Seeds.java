package dev.groundhog.dump.fuzz;

import dev.groundhog.dump.Corpus;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Small inputs to start from, made of the corpus when they are needed.
final class Seeds {
  /// Deflate packs no tighter than this.
  static final long MOST_PACKED = 1_032;

  static final List<String> FEW_OF_EACH =
      List.of(
          "go/zoo-early-debug2.txt.gz",
          "go/zoo-threadcreate-debug1.txt",
          "go/zoo-goroutine-delta2s.pb.gz",
          "jvm/waits-jdk25-thread_print.txt.gz",
          "jvm/waits-jdk25-dump_to_file.txt.gz",
          "jvm/waits-jdk25-dump_to_file.json.gz");

  private static final int PIECES = 12;
  private static final int THREADS = 2;
  private static final int MAX_BYTES = 8_000;

  private Seeds() {}

  /// Of each dump that can be taken apart: its head with a few of its threads, several times.
  static List<byte[]> pieces(List<String> files) {
    List<byte[]> seeds = new ArrayList<>();
    for (String file : files) {
      if (file.endsWith(".pb.gz")) {
        seeds.add(Corpus.bytes(file));
        continue;
      }
      Anatomy dump = Anatomy.of(file);
      int threads = dump.pieces().size() - 1;
      int step = Math.max(THREADS, threads / PIECES);
      for (int first = 0; first < threads; first += step) {
        int from = first;
        List<Integer> few = IntStream.range(from, from + THREADS).boxed().toList();
        byte[] seed = dump.pick(few).text().getBytes(StandardCharsets.UTF_8);
        seeds.add(Arrays.copyOf(seed, Math.min(seed.length, MAX_BYTES)));
      }
    }
    return seeds;
  }

  /// The same threads as our own JSON.
  static byte[] asDumpJson(byte[] piece) {
    StringBuilder json = new StringBuilder();
    try {
      for (Dump dump : DumpReader.readAll(new ByteArrayInputStream(piece))) {
        DumpWriter.json(dump, json);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The same text as loggers keep it: behind a prefix, in one line, and in JSON strings.
  static List<byte[]> logged(byte[] piece) {
    String text = new String(piece, StandardCharsets.UTF_8);
    String escaped = text.replace("\\", "\\\\").replace("\t", "\\t");
    return Stream.of(
            lines(text, "Nov 25 02:12:53 host unit[123]: ", ""),
            lines(escaped, "{\"log\":\"", "\\n\",\"stream\":\"stderr\"}"),
            "2026-11-25 ERROR " + escaped.replace("\n", "\\n") + "\nnext\n")
        .map(log -> log.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  private static String lines(String text, String before, String behind) {
    return text.lines().map(line -> before + line + behind + "\n").collect(Collectors.joining());
  }
}
