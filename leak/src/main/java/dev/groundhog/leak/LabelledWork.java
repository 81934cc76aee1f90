package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Work that a program has given labels, as `dev.groundhog.mark.Labels` does: below its frames are
/// those of a server that led to it, which come in several ways for one handler.
public final class LabelledWork {
  private static final String BOUNDARY = "dev.groundhog.mark.Labels.call";

  /// What a program has that gives its work labels, and with them a client who may leave.
  public static final FunctionPattern ENTRY = FunctionPattern.parse(BOUNDARY);

  private LabelledWork() {}

  /// The frames of the work alone; all frames if it has no labels of its own.
  static CallStack stack(CallStack whole) {
    List<Frame> frames = whole.frames();
    for (int depth = frames.size() - 1; depth >= 0; depth--) {
      if (frames.get(depth).function().equals(BOUNDARY)) {
        return whole.elidedAfter() <= depth
            ? new CallStack(frames.subList(0, depth), whole.elidedAfter(), whole.elided())
            : new CallStack(frames.subList(0, depth));
      }
    }
    return whole;
  }

  private record Key(ThreadKind kind, CallStack work, Map<String, String> labels) {}

  /// The same threads, those of one work with one set of labels in one group, which shows the
  /// work's frames alone.
  static List<StackGroup> together(List<StackGroup> groups, Dump dump) {
    Map<Key, List<StackGroup>> byWork = new LinkedHashMap<>();
    for (StackGroup group : groups) {
      DumpThread sample = group.sample();
      byWork
          .computeIfAbsent(
              new Key(sample.kind(), stack(sample.stack()), sample.labels()),
              _ -> new ArrayList<>())
          .add(group);
    }
    List<StackGroup> together = new ArrayList<>();
    byWork.forEach((work, parts) -> {
      List<Integer> rows = parts.stream().flatMap(part -> part.rows().stream()).toList();
      StackGroup whole = parts.getFirst().part(rows, dump);
      DumpThread sample = whole.sample().withStack(work.work);
      together.add(new StackGroup(whole.signature(), whole.count(), sample, rows));
    });
    return together;
  }
}
