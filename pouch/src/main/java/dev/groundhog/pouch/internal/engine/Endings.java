package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.run.Launched;
import dev.groundhog.pouch.internal.run.Parents;
import dev.groundhog.pouch.internal.run.ProcessStart;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Notes how processes end, whoever sees it first and however often: each end once, apart from who
/// sees the next one. What cannot be noted now is tried again. Thread-safe.
final class Endings implements Closeable {
  private static final System.Logger LOG = System.getLogger(Endings.class.getName());

  private static final String LOST =
      "how it ended is not known: its parent process was killed, or the machine was restarted";

  private static final String GIVEN_UP = "how it ended could not be told";

  private final Parents parents;
  private final Ends ends;
  private final Map<String, Expected> expected = new ConcurrentHashMap<>();

  private Endings(Parents parents, Ends ends) {
    this.parents = parents;
    this.ends = ends;
  }

  static Endings of(Parents parents) throws IOException {
    return new Endings(parents, Ends.in(parents.ends()));
  }

  /// Begins to look. Until then only [#noteThoseOfBefore] notes anything.
  void start() {
    ends.start(this::appeared, this::findLost);
  }

  /// Notes what is there already, in the calling thread: so that nobody asks before.
  void noteThoseOfBefore() throws InterruptedException {
    for (Expected each : List.copyOf(expected.values())) {
      each.tryToNote();
    }
  }

  /// To be called before a process is started: an end that nobody expects is thrown away.
  Expected expect(Awaited awaited) {
    Expected each = new Expected(awaited);
    expected.put(awaited.id(), each);
    return each;
  }

  /// Takes a process for ended, however it did.
  void giveUp(String id) throws InterruptedException {
    Expected known = expected.get(id);
    if (known != null) {
      known.giveUp();
    }
  }

  /// An exit code has appeared, or is still there.
  private void appeared(String id) {
    Expected known = expected.computeIfAbsent(id, this::throwAway);
    if (known != null && known.hasStarted) {
      known.note();
    }
  }

  /// While nobody can begin to expect it.
  private @Nullable Expected throwAway(String id) {
    try {
      parents.forget(id);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the end of " + id + " is still there", e);
    }
    return null;
  }

  /// Those that run for all that is known, but nobody will tell how they end.
  private void findLost() {
    for (Expected each : expected.values()) {
      try {
        if (each.hasStarted && each.isLost()) {
          each.note();
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, each.awaited.id() + " is not seen", e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    ends.close();
  }

  /// An end that is to be noted.
  final class Expected {
    private final Awaited awaited;
    private final AtomicBoolean isBeingNoted = new AtomicBoolean();
    private volatile boolean hasStarted;
    private volatile boolean isFailing;

    private Expected(Awaited awaited) {
      this.awaited = awaited;
    }

    /// From now on its end can be noted, also one that it has had already.
    void hasStarted() {
      hasStarted = true;
      ends.look(awaited.id());
    }

    /// It was not started after all, or nobody wants to know how it ends any more.
    void withdraw() {
      expected.remove(awaited.id(), this);
    }

    private void note() {
      if (!isBeingNoted.compareAndSet(false, true)) {
        return;
      }
      Thread.ofVirtual()
          .name("pouch-end")
          .start(() -> {
            try {
              tryToNote();
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            } finally {
              isBeingNoted.set(false);
            }
          });
    }

    private void giveUp() throws InterruptedException {
      if (!isBeingNoted.compareAndSet(false, true)) {
        return;
      }
      try {
        awaited.ended(Parents.End.unknown(), GIVEN_UP);
      } catch (IOException | RuntimeException e) {
        LOG.log(System.Logger.Level.DEBUG, "the end of " + awaited.id() + " is not stored", e);
      } finally {
        withdraw();
        isBeingNoted.set(false);
      }
    }

    private void tryToNote() throws InterruptedException {
      try {
        noteNow();
      } catch (IOException | UncheckedIOException | ApiException e) {
        if (!isFailing) { // said once, and tried often
          LOG.log(
              System.Logger.Level.WARNING,
              "the end of " + awaited.id() + " is not noted; it is tried again",
              e);
        }
        isFailing = true;
      }
    }

    private void noteNow() throws IOException, InterruptedException {
      boolean isLost = isLost(); // before its last word is looked for
      Optional<Parents.End> end = parents.end(awaited.id());
      Launched launched = new Launched(awaited.folder());
      if (end.isPresent()) {
        launched.killStarted();
        awaited.ended(end.get(), "");
      } else if (isLost) {
        launched.killAll();
        LOG.log(System.Logger.Level.WARNING, awaited.id() + ": " + LOST);
        awaited.ended(Parents.End.unknown(), LOST);
      } else {
        return;
      }
      withdraw();
    }

    private boolean isLost() throws IOException {
      return !new Launched(awaited.folder()).hasParent()
          && !ProcessStart.isAlive(awaited.pid(), awaited.processStart());
    }
  }
}
