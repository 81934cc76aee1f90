package dev.groundhog.e2e.libraries;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// `Main N` tries the Nth library, from 1, and prints its row of the table, and on standard error
/// what contradicts it, in which case it ends with 1. `Main` prints how many there are.
public final class Main {
  private static final List<Library> ALL =
      List.of(
          new HikariCp(),
          new H2(),
          new JettyServer(),
          new TomcatServer(),
          new NettyLoops(NettyLoops.Ending.AT_ONCE),
          new NettyLoops(NettyLoops.Ending.WHEN_QUIET),
          new Grpc(),
          new OkHttp(),
          new JdkHttpClient(),
          new KafkaClients(),
          new ReactorSchedulers(),
          new CaffeineCache(CaffeineCache.Upkeep.COMMON_POOL),
          new CaffeineCache(CaffeineCache.Upkeep.CALLER),
          new LogbackAsync());

  private static Optional<Library> tried = Optional.empty();

  private Main() {}

  /// The one that this JVM is for.
  static Library library() {
    return tried.orElseThrow();
  }

  public static void main(String[] args) throws Exception {
    if (args.length == 0) {
      System.out.println(ALL.size());
      return;
    }
    Library library = ALL.get(Integer.parseInt(args[0]) - 1);
    tried = Optional.of(library);
    Outcome outcome = tried(library);
    System.out.println(outcome.row());
    outcome.contradictions().forEach(System.err::println);
    // Whoever is still there must not keep the JVM.
    System.exit(outcome.contradictions().isEmpty() ? 0 : 1);
  }

  private static Outcome tried(Library library) throws Exception {
    try (AutoCloseable _ = library.prepare()) {
      Outcome outcome = new Outcome(library, results(library));
      Trial.stopAll();
      return outcome;
    }
  }

  private static Map<String, TestExecutionResult> results(Library library) {
    Map<String, TestExecutionResult> results = new HashMap<>();
    Class<?> tests =
        library.within().equals(Library.USUAL) ? Trial.Usual.class : Trial.Patient.class;
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build(),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                results.put(test.getDisplayName().replace("()", ""), result);
              }
            });
    return results;
  }
}
