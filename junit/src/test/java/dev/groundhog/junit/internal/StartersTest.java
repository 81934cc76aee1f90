package dev.groundhog.junit.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.junit.internal.Starter.Fate;
import dev.groundhog.junit.internal.Starter.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.UniqueId;

/// Whose a thread is where nobody but the clock tells, and who is remembered.
class StartersTest {
  private static final int MAX = 8;

  private static class Outer {
    private static class Inner {}

    private static class Sibling {}
  }

  private final Starters starters =
      new Starters(MAX, all -> all.stream().filter(Starter::madeNone).toList());

  private static UniqueId id(Class<?> type) {
    UniqueId around =
        type == Outer.class ? UniqueId.forEngine("engine") : id(type.getEnclosingClass());
    return around.append("class", type.getName());
  }

  private Starter around(Class<?> type) {
    TestNode node = new TestNode(type.getSimpleName(), type, id(type));
    return starters.begin(Kind.AROUND_TESTS, node, starter -> starter);
  }

  private Starter test(Class<?> type, String name) {
    TestNode node = new TestNode(name, type, id(type).append("method", name));
    return starters.begin(Kind.TEST, node, starter -> starter);
  }

  private void end(Starter starter, Fate fate) {
    starters.stop(starter);
    starters.settle(starter, fate);
  }

  /// A thread that is made now.
  private static DumpThread made(String... functions) {
    CallStack stack =
        new CallStack(
            Arrays.stream(functions).map(name -> new Frame(name, "", Frame.UNKNOWN_LINE)).toList());
    long id = Thread.ofVirtual().unstarted(() -> {}).threadId();
    return DumpThread.of(ThreadKind.VIRTUAL, stack).id(id).build();
  }

  @Test
  void whoHasNoTagIsNotAskedForAsIfThatWereOne() {
    test(Outer.class, "began without the agent");
    assertThat(starters.runningTags()).isEmpty();
  }

  @Test
  void whatATestMakesThatBeganMeanwhileIsNotTheEarlierOnes() {
    around(Outer.class);
    Starter one = test(Outer.class, "one");
    DumpThread ofOne = made();
    starters.stop(one);
    DumpThread between = made();
    Starter two = test(Outer.class, "two");
    DumpThread ofTwo = made();
    starters.settle(one, Fate.DONE);
    assertThat(starters.isOf(one, ofOne)).isTrue();
    assertThat(starters.isOf(one, between)).as("a thread of a thread of it").isTrue();
    assertThat(starters.isOf(one, ofTwo)).isFalse();
    assertThat(starters.isOf(two, ofTwo)).isTrue();
    assertThat(one.overlapped()).isFalse();
  }

  @Test
  void aNestedClassDoesNotAnswerForTheRunningTestOfItsSibling() {
    around(Outer.class);
    Starter inner = around(Outer.Inner.class);
    Starter sibling = around(Outer.Sibling.class);
    Starter test = test(Outer.Sibling.class, "test");
    DumpThread thread = made();
    starters.stop(inner);
    assertThat(starters.answerable(thread)).noneMatch(inner::answersFor);
    assertThat(starters.answerable(thread)).containsExactly(test).allMatch(sibling::answersFor);
    assertThat(starters.isOpen(test)).isTrue();
    assertThat(inner.overlapped()).as("they ran at the same time").isTrue();
  }

  @Test
  void whatStandsAroundATestDoesNotDisturbIt() {
    Starter outer = around(Outer.class);
    Starter inner = around(Outer.Inner.class);
    Starter test = test(Outer.Inner.class, "test");
    assertThat(starters.answerable(made())).containsExactly(test);
    end(test, Fate.DONE);
    assertThat(starters.answerable(made())).containsExactly(inner);
    end(inner, Fate.DONE);
    assertThat(starters.answerable(made())).containsExactly(outer);
    assertThat(outer.overlapped() || inner.overlapped() || test.overlapped()).isFalse();
  }

  @Test
  void ofSeveralTheOneCountsWhoseClassIsOnTheStackTheInnermost() {
    around(Outer.class);
    Starter outer = test(Outer.class, "outer");
    Starter inner = test(Outer.Inner.class, "inner");
    String function = Outer.Inner.class.getName() + ".lambda$inner$0";
    assertThat(starters.answerable(made("java.lang.VirtualThread.run", function)))
        .containsExactly(inner);
    assertThat(starters.answerable(made(Outer.class.getName() + "$Helper.run")))
        .containsExactly(outer);
    assertThat(starters.answerable(made())).containsExactlyInAnyOrder(outer, inner);
  }

  @Test
  void aFailedTestHidesOnlyWhatNobodyElseMayHaveMade() {
    Starter failed = test(Outer.class, "failed");
    DumpThread ofFailed = made();
    Starter beside = test(Outer.Sibling.class, "beside");
    DumpThread ofBoth = made();
    DumpThread byStack = made(Outer.class.getName() + ".wait");
    end(failed, Fate.DONE);
    end(beside, Fate.PUT_OFF);
    assertThat(starters.isExcused(ofFailed)).isTrue();
    assertThat(starters.isExcused(ofBoth)).isFalse();
    assertThat(starters.answerable(ofBoth)).containsExactly(beside);
    assertThat(starters.isExcused(byStack)).isTrue();
  }

  @Test
  void whoMadeNoThreadIsForgottenAtOnce() {
    Starter none = test(Outer.class, "none");
    starters.stop(none);
    assertThat(starters.settle(none, Fate.PUT_OFF)).isFalse();
    Starter some = test(Outer.class, "some");
    made();
    starters.stop(some);
    assertThat(starters.settle(some, Fate.PUT_OFF)).isTrue();
    assertThat(starters.ended(_ -> true)).containsExactly(some);
  }

  @Test
  void whatIsPutOffIsKeptBeforeWhatWasCheckedAndLossesAreTold() {
    test(Outer.class, "runs while the others end");
    for (int i = 0; i < MAX / 2; i++) {
      ended("put off " + i, Fate.PUT_OFF);
    }
    for (int i = 0; i < 10 * MAX; i++) {
      ended("checked " + i, Fate.DONE);
      assertThat(starters.ended(_ -> true)).hasSizeLessThanOrEqualTo(MAX);
    }
    assertThat(starters.ended(each -> each.fate() == Fate.PUT_OFF)).hasSize(MAX / 2);
    assertThat(starters.note())
        .hasValueSatisfying(note ->
            assertThat(note).contains("tests that left threads are not remembered any more"));
    for (int i = 0; i < 10 * MAX; i++) {
      ended("put off later " + i, Fate.PUT_OFF);
      assertThat(starters.ended(_ -> true)).hasSizeLessThanOrEqualTo(MAX);
    }
  }

  @Test
  void thatTestsAreForgottenWhichWereToBeCheckedIsOneWarning() {
    List<String> said = new ArrayList<>();
    Logger log = Logger.getLogger(Starters.class.getName());
    Handler handler = new Said(said);
    log.addHandler(handler);
    try {
      test(Outer.class, "runs while the others end");
      for (int i = 0; i < 5 * MAX; i++) {
        ended("checked " + i, Fate.DONE);
      }
      assertThat(said).isEmpty();
      for (int i = 0; i < 5 * MAX; i++) {
        ended("put off " + i, Fate.PUT_OFF);
      }
    } finally {
      log.removeHandler(handler);
    }
    assertThat(said)
        .containsExactly(
            "leak check: more than 8 tests left threads that are to be checked later; those of the"
                + " earliest are not");
  }

  /// Keeps what is logged.
  private static final class Said extends Handler {
    private final List<String> lines;

    private Said(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void allAreAskedForInOneQuestion() {
    List<Integer> asked = new ArrayList<>();
    Starters counted =
        new Starters(
            MAX,
            all -> {
              asked.add(all.size());
              return List.of();
            });
    for (int i = 0; i <= MAX; i++) {
      TestNode node = new TestNode("test", Outer.class, id(Outer.class).append("method", "" + i));
      Starter starter = counted.begin(Kind.TEST, node, begun -> begun);
      counted.stop(starter);
      counted.settle(starter, Fate.PUT_OFF);
    }
    assertThat(asked).hasSize(MAX + 2).endsWith(MAX + 1);
  }

  private void ended(String name, Fate fate) {
    Starter starter = test(Outer.class, name);
    made();
    end(starter, fate);
  }

  @Test
  void nothingIsToldWhileNothingIsForgotten() {
    for (int i = 0; i < MAX; i++) {
      ended("test " + i, Fate.DONE);
    }
    assertThat(starters.note()).isEmpty();
    assertThat(starters.ended(_ -> true)).hasSize(MAX);
  }

  @Test
  void aCheckThatCannotBeginLeavesNobodyRunning() {
    TestNode node = new TestNode("test", Outer.class, id(Outer.class).append("method", "test"));
    Starter[] begun = new Starter[1];
    assertThatThrownBy(() ->
            starters.begin(
                Kind.TEST,
                node,
                starter -> {
                  begun[0] = starter;
                  throw new IllegalStateException("the agent did not answer");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(starters.isOpen(begun[0])).isFalse();
    assertThat(test(Outer.class, "next").overlapped()).isFalse();
  }
}
