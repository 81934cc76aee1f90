import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes dumps of this JVM in each way that the JDK has, which must have each thread that was there
/// all the time, once.
final class Dumps {
  private static final Pattern IN_JSON = Pattern.compile("\"name\": \"([^\"]*)\"");
  private static final Pattern IN_TEXT = Pattern.compile("(?m)^#\\d+ \"([^\"]*)\"");

  private final HotSpotDiagnosticMXBean bean =
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
  private final Fixture fixture;
  private final Path folder;

  Dumps(Fixture fixture, Path folder) {
    this.fixture = fixture;
    this.folder = folder;
  }

  void byBean(Random random) throws Exception {
    boolean isJson = random.nextBoolean();
    Path file = folder.resolve("bean");
    take(
        file,
        isJson ? IN_JSON : IN_TEXT,
        "bean",
        () ->
            bean.dumpThreads(
                file.toString(), isJson ? ThreadDumpFormat.JSON : ThreadDumpFormat.TEXT_PLAIN));
    Thread.sleep(50 + random.nextInt(150));
  }

  void byCommand(Random random) throws Exception {
    Path file = folder.resolve("jcmd");
    take(file, IN_JSON, "jcmd", () -> command(file));
    Thread.sleep(1000 + random.nextInt(500));
  }

  private static void command(Path file) throws Exception {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                "" + ProcessHandle.current().pid(),
                "Thread.dump_to_file",
                "-format=json",
                file.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!jcmd.waitFor(Tally.HANG_SECONDS, TimeUnit.SECONDS)) {
      jcmd.destroyForcibly();
      Tally.wrong("jcmd hangs");
    }
  }

  private interface Taking {
    void once() throws Exception;
  }

  private void take(Path file, Pattern name, String by, Taking taking) throws Exception {
    Set<String> expected = new HashSet<>(fixture.names());
    expected.addAll(Leaks.kept());
    taking.once();
    Map<String, Integer> names = names(file, name);
    Files.delete(file);
    for (String each : expected) {
      int times = names.getOrDefault(each, 0);
      Tally.check(times == 1, each + " is " + times + " times in a dump by " + by);
    }
    Tally.count("dumps by " + by);
  }

  private static Map<String, Integer> names(Path file, Pattern pattern) throws IOException {
    Map<String, Integer> names = new HashMap<>();
    Matcher found = pattern.matcher(Files.readString(file));
    while (found.find()) {
      names.merge(found.group(1), 1, Integer::sum);
    }
    return names;
  }
}
