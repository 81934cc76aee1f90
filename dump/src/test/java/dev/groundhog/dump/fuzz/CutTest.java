package dev.groundhog.dump.fuzz;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No prefix of a valid dump loses a thread that is complete in it.
class CutTest {
  private static final int CUTS_OF_THE_WHOLE = 30;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "go/zoo-aged-debug2.txt.gz",
        "go/zoo-sigquit-all.txt.gz",
        "go/zoo-sigquit-system.txt.gz",
        "go/zoo-aged-debug1.txt",
        "jvm/waits-jdk17-thread_print.txt.gz",
        "jvm/waits-jdk21-thread_print.txt.gz",
        "jvm/waits-jdk25-thread_print.txt.gz",
        "jvm/zoo-jdk25-jstack.txt.gz",
        "jvm/waits-jdk21-dump_to_file.txt.gz",
        "jvm/waits-jdk25-dump_to_file.txt.gz",
        "jvm/zoo-jdk25-dump_to_file.txt.gz",
        "jvm/waits-jdk21-dump_to_file.json.gz",
        "jvm/waits-jdk25-dump_to_file.json.gz",
        "jvm/zoo-jdk21-dump_to_file.json.gz"
      })
  void everyCutKeepsWhatIsComplete(String file) {
    Anatomy anatomy = Anatomy.of(file);
    Cuts few = new Cuts(anatomy.pick(List.of(0, 3, 7, 11)));
    for (int length = 0; length <= few.length(); length++) {
      few.keepsWhatIsComplete(length);
    }
    byte[] packed = few.gzip();
    for (int length = 0; length <= packed.length; length++) {
      few.packedKeepsWhatIsComplete(packed, length);
    }
    Cuts windows = new Cuts(anatomy.pick(List.of(1, 2)).withWindowsLines());
    for (int length = 0; length <= windows.length(); length++) {
      windows.keepsWhatIsComplete(length);
    }
    Cuts whole = new Cuts(anatomy);
    Random random = new Random(7);
    for (int i = 0; i < CUTS_OF_THE_WHOLE; i++) {
      whole.keepsWhatIsComplete(random.nextInt(whole.length() + 1));
    }
  }
}
