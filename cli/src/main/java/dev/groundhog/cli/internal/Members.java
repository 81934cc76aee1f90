package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.LockRef;
import dev.groundhog.leak.Ages;
import dev.groundhog.leak.CreationSite;
import dev.groundhog.leak.Origin;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.leak.WaitedOn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a person wants to know of the threads of a group beside their stack: who they are, for how
/// long the dump says that they wait, and what they are blocked on.
final class Members {
  private static final int SHOWN = 3;
  private static final int NAME_COLUMNS = 40;

  private final Dump dump;
  private Optional<Map<Long, Integer>> rowsById = Optional.empty();

  Members(Dump dump) {
    this.dump = dump;
  }

  /// `"main" #1, #35 and 22 more`; empty if they have neither names nor ids.
  String who(StackGroup group) {
    String some =
        group.rows().stream()
            .limit(SHOWN)
            .map(row -> who(dump.row(row)))
            .filter(who -> !who.isEmpty())
            .collect(Collectors.joining(", "));
    int others = group.rows().size() - SHOWN;
    return some + (some.isEmpty() || others <= 0 ? "" : " and " + Text.number(others) + " more");
  }

  /// `"main" #1`.
  static String who(DumpThread thread) {
    String name =
        thread.name().isEmpty() ? "" : '"' + Text.fit(Text.line(thread.name()), NAME_COLUMNS) + '"';
    String id = thread.id().isPresent() ? "#" + thread.id().getAsLong() : "";
    return name + (name.isEmpty() || id.isEmpty() ? "" : " ") + id;
  }

  /// `waiting 3 min`, `waiting 3 min to 14 min`, `waiting up to 14 min` if it is told of some only;
  /// empty if of none.
  String waiting(StackGroup group) {
    List<Duration> told =
        group.rows().stream()
            .flatMap(row -> dump.row(row).waiting().stream())
            .sorted(Comparator.naturalOrder())
            .toList();
    if (told.isEmpty()) {
      return "";
    }
    return told.size() < group.rows().size()
        ? "waiting up to " + Text.duration(told.getLast())
        : "waiting " + range(told.getFirst(), told.getLast());
  }

  /// `started 3 min ago`, `started 3 min to 14 min ago`; empty if no start was recorded.
  String started(StackGroup group) {
    return Ages.of(group, dump)
        .map(ages -> "started " + range(ages.youngest(), ages.oldest()) + " ago")
        .orElse("");
  }

  /// `started 3 min to 14 min ago by Server.accept (18 of 28), Server.retry (6 of 28)`; what is not
  /// known is left out, empty if nothing is.
  String startedBy(StackGroup group) {
    String by =
        creationSites(group).stream()
            .limit(SHOWN)
            .flatMap(site ->
                Origin.creator(site.stack(), group.sample().kind()).stream()
                    .map(frame ->
                        Text.line(frame.shortName()) + share(" ", site.threads(), group.count())))
            .collect(Collectors.joining(", "));
    String started = started(group);
    return by.isEmpty() ? started : (started.isEmpty() ? "started" : started) + " by " + by;
  }

  /// `(18 of 28)` behind `gap`; empty if it is all of them.
  static String share(String gap, long some, long all) {
    return some == all ? "" : gap + "(" + Text.number(some) + " of " + Text.number(all) + ")";
  }

  /// `each waits in LinkedBlockingQueue.take on 28 × AbstractQueuedSynchronizer$ConditionObject`:
  /// the runtime's function that the program called, and the class of the object; empty if neither
  /// is known.
  String waitsOn(StackGroup group) {
    String in =
        Origin.called(group.stack(), group.sample().kind())
            .map(frame -> " in " + Text.line(frame.shortName()))
            .orElse("");
    List<WaitedOn> objects = WaitedOn.of(group, dump);
    String on =
        objects.stream().limit(SHOWN).map(Members::objects).collect(Collectors.joining(" and "))
            + (objects.size() == 1 && objects.getFirst().objects() == 1
                ? heldBy(group.sample())
                : "");
    return in.isEmpty() && on.isEmpty()
        ? ""
        : (group.count() == 1 ? "waits" : "each waits") + in + (on.isEmpty() ? "" : " on " + on);
  }

  /// The JDK's classes without their package, which are long and well known.
  private static String objects(WaitedOn some) {
    String type = Text.line(some.type());
    String name = Origin.isJdk(type) ? type.substring(type.lastIndexOf('.') + 1) : type;
    return some.objects() <= 1 ? name : Text.number(some.objects()) + " × " + name;
  }

  private static String range(Duration least, Duration most) {
    String longest = Text.duration(most);
    String shortest = Text.duration(least);
    return (shortest.equals(longest) ? "" : shortest + " to ") + longest;
  }

  /// `blocked on java.lang.Object@7f, held by "main" #1`, or how many objects it is; empty if the
  /// dump does not tell.
  String blockedOn(StackGroup group) {
    Set<LockRef> locks = new LinkedHashSet<>();
    List<DumpThread> blocked = new ArrayList<>();
    for (int row : group.rows()) {
      DumpThread thread = dump.row(row);
      if (thread.blockedOn().isPresent() && locks.add(thread.blockedOn().get())) {
        blocked.add(thread);
      }
    }
    if (locks.isEmpty()) {
      return "";
    }
    if (locks.size() > 1) {
      String types =
          locks.stream()
              .map(LockRef::type)
              .distinct()
              .limit(SHOWN)
              .collect(Collectors.joining(", "));
      return "blocked on " + Text.number(locks.size()) + " objects: " + Text.line(types);
    }
    return blockedOn(blocked.getFirst());
  }

  /// The same of one thread.
  String blockedOn(DumpThread thread) {
    String lock =
        thread.blockedOn().map(ref -> "blocked on " + Text.line(ref.toString())).orElse("");
    String owner = heldBy(thread);
    return owner.isEmpty() ? lock : (lock.isEmpty() ? "blocked on a lock" : lock) + owner;
  }

  private String heldBy(DumpThread thread) {
    return thread.blockedOnOwner().isEmpty()
        ? ""
        : ", held by " + owner(thread.blockedOnOwner().getAsLong());
  }

  private String owner(long id) {
    if (rowsById.isEmpty()) {
      Map<Long, Integer> rows = new HashMap<>();
      for (int row = 0; row < dump.rows(); row++) {
        int at = row;
        dump.row(row).id().ifPresent(each -> rows.put(each, at));
      }
      rowsById = Optional.of(rows);
    }
    Integer row = rowsById.get().get(id);
    return Objects.isNull(row) ? "#" + id : who(dump.row(row));
  }

  /// Where the threads of `group` were started, as far as that is known.
  List<CreationSite> creationSites(StackGroup group) {
    return CreationSite.of(group, dump);
  }

  /// Why it is not known where the threads of `group` were started; empty if the dump never tells.
  Optional<String> unrecorded(StackGroup group) {
    return switch (group.sample().birth()) {
      case UNTOLD, RECORDED -> Optional.empty();
      case BEFORE_RECORDING -> Optional.of("started before starts were recorded");
      case NOT_SAMPLED ->
          Optional.of("not among those whose start is recorded: births=all records all");
    };
  }
}
