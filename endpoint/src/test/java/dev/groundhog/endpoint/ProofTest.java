package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProofTest {
  private final Proof proof =
      Proof.ofOrdinary(
          Map.of(
              7L, new Proof.Leaked(Thread.currentThread(), false),
              8L, new Proof.Leaked(Thread.currentThread(), true)));

  private static DumpThread thread(long id, ThreadState state) {
    return DumpThread.of(ThreadKind.VIRTUAL, CallStack.EMPTY).id(id).state(state).build();
  }

  @Test
  void marksWhoWasFound() {
    assertThat(proof.marked(thread(7, ThreadState.WAITING)))
        .matches(DumpThread::leaked)
        .matches(thread -> !thread.stranded());
    assertThat(proof.marked(thread(8, ThreadState.WAITING)))
        .matches(DumpThread::leaked)
        .matches(DumpThread::stranded);
    assertThat(proof.marked(thread(9, ThreadState.WAITING))).matches(thread -> !thread.leaked());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "WAITING")
  void doesNotMarkWhoHasGoneOnSince(ThreadState state) {
    assertThat(proof.marked(thread(7, state))).isEqualTo(thread(7, state));
  }
}
