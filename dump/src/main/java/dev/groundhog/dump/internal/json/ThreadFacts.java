package dev.groundhog.dump.internal.json;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What has been read of a thread, whose members come in any order.
final class ThreadFacts {
  Optional<ThreadKind> kind = Optional.empty();
  OptionalLong id = OptionalLong.empty();
  OptionalLong count = OptionalLong.of(1);
  String name = "";
  ThreadState state = ThreadState.UNKNOWN;
  WaitKind waitKind = WaitKind.UNKNOWN;
  String waitReason = "";
  Optional<Duration> waiting = Optional.empty();
  BirthRecord birth = BirthRecord.UNTOLD;
  Optional<Duration> age = Optional.empty();
  Optional<Duration> clientGone = Optional.empty();
  Optional<LockRef> blockedOn = Optional.empty();
  OptionalLong blockedOnOwner = OptionalLong.empty();
  final List<LockRef> holds = new ArrayList<>();
  final Map<String, String> labels = new LinkedHashMap<>();
  String threadClass = "";
  String threadGroup = "";
  String group = "";
  boolean lockedToThread;
  boolean leaked;
  boolean stranded;
  CallStack stack = CallStack.EMPTY;
  CallStack createdBy = CallStack.EMPTY;
  OptionalLong creatorId = OptionalLong.empty();

  /// The thread, if what no thread can be without has been read.
  Optional<DumpThread> build() {
    if (kind.isEmpty() || count.isEmpty() || count.getAsLong() < 1) {
      return Optional.empty();
    }
    DumpThread.Builder builder =
        DumpThread.of(kind.get(), stack)
            .count(count.getAsLong())
            .name(name)
            .state(state)
            .waits(waitKind, waitReason)
            .holds(holds)
            .labels(Map.copyOf(labels))
            .threadClass(threadClass)
            .threadGroup(threadGroup)
            .group(group)
            .lockedToThread(lockedToThread)
            .leaked(leaked)
            .stranded(stranded)
            .birth(birth)
            .createdBy(createdBy);
    id.ifPresent(builder::id);
    waiting.ifPresent(builder::waiting);
    age.ifPresent(builder::age);
    clientGone.ifPresent(builder::clientGone);
    blockedOn.ifPresent(builder::blockedOn);
    blockedOnOwner.ifPresent(builder::blockedOnOwner);
    creatorId.ifPresent(builder::creatorId);
    return Optional.of(builder.build());
  }
}
