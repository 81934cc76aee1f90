package dev.groundhog.agent.internal.proof;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.endpoint.Proof;
import dev.groundhog.endpoint.ThisJvm;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.Origin;
import dev.groundhog.leak.Verdict;
import dev.groundhog.leak.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/// Tells of leaks that collections have proven, by signature and creation site: on the log when the
/// first one is found, and to recordings of JFR each time. If it is to, it interrupts those that
/// are proven, so that their `finally` blocks run and what they hold is freed, each once; never
/// stranded ones. For one thread.
///
/// Bounded: 1,000 leaks are told apart, the others together; 100 are logged.
final class ProvenLeaks {
  private static final int MAX_LEAKS = 1_000;
  private static final int MAX_LINES = 100;

  /// Of so many, the latest, it is known that they were interrupted.
  private static final int MAX_INTERRUPTED = 100_000;

  private static final double MINUTE_NANOS = 60e9;

  private final ThisJvm jvm;
  private final Consumer<String> log;
  private final Map<Key, Leak> leaks = new LinkedHashMap<>();
  private final LinkedHashSet<Long> interrupted = new LinkedHashSet<>();
  private long lastNanos = System.nanoTime();
  private long lines;
  private boolean hasJfr = true;

  /// What is told together.
  private record Key(boolean isStranded, String signature, CallStack createdBy) {
    /// For what is not told apart.
    Key others() {
      return new Key(isStranded, "", CallStack.EMPTY);
    }

    boolean isOfStackOf(Key other) {
      return isStranded == other.isStranded && signature.equals(other.signature);
    }
  }

  /// What is known of those.
  private static final class Leak {
    private long total;
    private long interrupted;
    private long unended;
    private boolean isUnendedTold;
  }

  /// What one round has found new of those.
  private static final class News {
    private final DumpThread sample;
    private long threads;
    private long interrupted;
    private long unended;

    News(DumpThread sample) {
      this.sample = sample;
    }

    News plus(News others) {
      threads += others.threads;
      interrupted += others.interrupted;
      unended += others.unended;
      return this;
    }
  }

  /// @param log takes a line
  ProvenLeaks(ThisJvm jvm, Consumer<String> log) {
    this.jvm = jvm;
    this.log = log;
  }

  /// Tells of those that `proof` has found, which were not told before.
  ///
  /// @param mayInterrupt asked of each proven one by its id, just before it is interrupted
  void tell(Proof proof, LongPredicate mayInterrupt) {
    long now = System.nanoTime();
    double minutes = (now - lastNanos) / MINUTE_NANOS;
    lastNanos = now;
    Map<Key, News> news = new LinkedHashMap<>();
    jvm.look(
        proof,
        thread -> {
          News of = news.computeIfAbsent(key(thread, news.size()), _ -> new News(thread));
          of.threads++;
          long id = thread.id().orElseThrow();
          Proof.Leaked leaked = proof.leaked().get(id);
          if (interrupted.contains(id)) {
            of.unended++;
          } else if (leaked != null && !leaked.isStranded() && mayInterrupt.test(id)) {
            interrupted.add(id);
            of.interrupted++;
            leaked.thread().interrupt();
          }
        });
    withSites(news).forEach((key, of) -> tell(key, of, minutes));
    while (interrupted.size() > MAX_INTERRUPTED) {
      interrupted.removeFirst();
    }
  }

  private Key key(DumpThread thread, int more) {
    Key key = new Key(thread.stranded(), Groups.signature(thread), thread.createdBy());
    return leaks.containsKey(key) || leaks.size() + more < MAX_LEAKS ? key : key.others();
  }

  /// Where not all starts are recorded, those whose start was not are taken for some of the others
  /// at the same stack, if there are any.
  private Map<Key, News> withSites(Map<Key, News> news) {
    Map<Key, News> merged = new LinkedHashMap<>();
    news.forEach((key, of) ->
        merged.merge(
            key.createdBy.frames().isEmpty()
                ? Stream.concat(leaks.keySet().stream(), news.keySet().stream())
                    .filter(key::isOfStackOf)
                    .findFirst()
                    .orElse(key)
                : key,
            of,
            News::plus));
    return merged;
  }

  private void tell(Key key, News news, double minutes) {
    Leak leak = leaks.computeIfAbsent(key, _ -> new Leak());
    boolean isFirst = leak.total == 0;
    long found = news.threads - news.unended; // the others were told before
    leak.total += found;
    leak.interrupted += news.interrupted;
    leak.unended += news.unended;
    double perMinute = minutes <= 0 ? 0 : found / minutes;
    if (isFirst) {
      say(line(key, news, perMinute));
    }
    if (leak.unended > 0 && !leak.isUnendedTold) {
      leak.isUnendedTold = true;
      say(
          leak.unended
              + " of "
              + leak.interrupted
              + " interrupted threads did not end, at "
              + where(news.sample)
              + " (signature "
              + key.signature
              + ")");
    }
    if (hasJfr) {
      try {
        record(key, news, leak.total, perMinute);
      } catch (LinkageError _) {
        hasJfr = false; // this JVM comes without it
      }
    }
  }

  private void say(String line) {
    if (lines < MAX_LINES) {
      log.accept(line);
    } else if (lines == MAX_LINES) {
      log.accept("more leaks are proven, and are not logged: groundhog leaks PID tells them");
    }
    lines++;
  }

  private static String line(Key key, News news, double perMinute) {
    List<String> parts = new ArrayList<>();
    parts.add(
        String.format(
            Locale.ROOT,
            "%s: %,d %s, %s, at %s",
            verdict(key),
            news.threads,
            Words.noun(news.sample.kind(), news.threads),
            Words.doing(news.sample),
            where(news.sample)));
    if (!startedAt(key).isEmpty()) {
      parts.add("started at " + startedAt(key));
    }
    parts.add(String.format(Locale.ROOT, "%,.0f per minute", perMinute));
    if (news.interrupted > 0) {
      parts.add("interrupted, as all that follow");
    }
    parts.add("signature " + key.signature);
    return String.join("; ", parts);
  }

  private static String verdict(Key key) {
    return (key.isStranded ? Verdict.STRANDED : Verdict.PROVEN).name();
  }

  /// The first frame that is not the JDK's, if there is one.
  private static String where(DumpThread thread) {
    return Origin.culprit(thread.stack(), thread.kind())
        .or(() -> thread.stack().frames().stream().findFirst())
        .map(ProvenLeaks::text)
        .orElse(Words.ABSENT);
  }

  private static String startedAt(Key key) {
    return key.createdBy.frames().stream().findFirst().map(ProvenLeaks::text).orElse("");
  }

  private static String text(Frame frame) {
    return Words.line(frame.function() + " (" + frame.location() + ")");
  }

  private static void record(Key key, News news, long total, double perMinute) {
    LeakEvent event = new LeakEvent();
    if (event.isEnabled()) {
      event.verdict = verdict(key);
      event.signature = key.signature;
      event.where = where(news.sample);
      event.startedAt = startedAt(key);
      event.newThreads = news.threads - news.unended;
      event.total = total;
      event.perMinute = perMinute;
      event.interrupted = news.interrupted;
      event.commit();
    }
  }
}
