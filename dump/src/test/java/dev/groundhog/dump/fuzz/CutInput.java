package dev.groundhog.dump.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// An input that says which valid dump to make and where to cut it: a file of the corpus, its
/// dress, the place of the cut, and the threads to take.
final class CutInput {
  private static final int HEAD_BYTES = 4;
  private static final int MAX_THREADS = 16;
  private static final int WINDOWS = 1;
  private static final int PACKED = 2;

  private static final List<String> FILES =
      List.of(
          "go/zoo-aged-debug2.txt.gz",
          "go/zoo-sigquit-system.txt.gz",
          "go/zoo-aged-debug1.txt",
          "jvm/waits-jdk17-thread_print.txt.gz",
          "jvm/waits-jdk21-thread_print.txt.gz",
          "jvm/waits-jdk25-thread_print.txt.gz",
          "jvm/waits-jdk21-dump_to_file.txt.gz",
          "jvm/waits-jdk25-dump_to_file.txt.gz",
          "jvm/waits-jdk21-dump_to_file.json.gz",
          "jvm/waits-jdk25-dump_to_file.json.gz");

  private static final Map<String, Anatomy> DUMPS = new ConcurrentHashMap<>();

  private CutInput() {}

  static void check(byte[] input) {
    if (input.length <= HEAD_BYTES) {
      return;
    }
    String file = FILES.get((input[0] & 0xff) % FILES.size());
    int dress = input[1];
    int place = ByteBuffer.wrap(input).getShort(2) & 0xffff;
    List<Integer> threads = new ArrayList<>();
    for (int i = HEAD_BYTES; i < input.length && threads.size() < MAX_THREADS; i++) {
      threads.add(input[i] & 0xff);
    }
    Anatomy dump = DUMPS.computeIfAbsent(file, Anatomy::of).pick(threads);
    Cuts cuts = new Cuts((dress & WINDOWS) == 0 ? dump : dump.withWindowsLines());
    if ((dress & PACKED) == 0) {
      cuts.keepsWhatIsComplete(part(cuts.length(), place));
    } else {
      byte[] packed = cuts.gzip();
      cuts.packedKeepsWhatIsComplete(packed, part(packed.length, place));
    }
  }

  private static int part(int length, int place) {
    return (int) ((long) length * place / 0xffff);
  }

  static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (byte file = 0; file < FILES.size(); file++) {
      for (byte dress = 0; dress < 4; dress++) {
        seeds.add(new byte[] {file, dress, (byte) (40 * (dress + 1)), 17, 0, 1, 2, 3});
      }
    }
    return seeds;
  }
}
