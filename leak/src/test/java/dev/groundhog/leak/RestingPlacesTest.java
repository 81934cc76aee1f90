package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Where the threads of the disconnect watcher rest, and that of Jetty's virtual thread pool. Their
/// stacks are as JDK 25 and Jetty 12.1 show them. No guess by the shape of a stack is asked, since
/// growth refutes it.
class RestingPlacesTest {
  private static final String EVENT_LOOP = "an event loop that waits for input";
  private static final String[] EPOLL_LOOP = {
    "dev.groundhog.context.internal.Epoll$Events.await",
    "dev.groundhog.context.internal.EpollWatches.loop",
    "java.lang.Thread.run"
  };
  private static final String[] SELECTOR_LOOP = {
    "dev.groundhog.context.internal.SelectorWatches.loop", "java.lang.Thread.run"
  };

  @Test
  void theWatcherRestsInEpollHoweverTheJdkCallsIt() {
    String[] call = {
      "java.lang.invoke.LambdaForm$MH/0x000000006b059c00.invoke",
      "java.lang.invoke.LambdaForm$MH/0x000000006b09cc00.invokeExact_MT",
      "jdk.internal.foreign.abi.DowncallStub/0x000000006b05a000.invoke",
      "java.lang.invoke.LambdaForm$DMH/0x000000006b05a800.invokeStaticInit",
      "dev.groundhog.context.internal.Libc.epollWait"
    };
    assertThat(rule(WaitKind.NONE, joined(call, EPOLL_LOOP))).contains(EVENT_LOOP);
    String[] direct = {"dev.groundhog.context.internal.Libc.epollWait"};
    assertThat(rule(WaitKind.NONE, joined(direct, EPOLL_LOOP))).contains(EVENT_LOOP);
  }

  @Test
  void aWatcherThatHangsInWhatAProgramGaveItIsNotExcused() {
    String[] hangs = {
      "java.util.concurrent.locks.LockSupport.park",
      "java.util.concurrent.CountDownLatch.await",
      "acme.Cancel.run"
    };
    assertThat(rule(WaitKind.LATCH, joined(hangs, EPOLL_LOOP))).isEmpty();
    assertThat(rule(WaitKind.LATCH, joined(hangs, SELECTOR_LOOP))).isEmpty();
  }

  @Test
  void theWatcherWithoutEpollRestsInItsSelector() {
    String[] select = {
      "sun.nio.ch.EPoll.wait",
      "sun.nio.ch.EPollSelectorImpl.doSelect",
      "sun.nio.ch.SelectorImpl.lockAndDoSelect",
      "sun.nio.ch.SelectorImpl.select"
    };
    assertThat(rule(WaitKind.IO, joined(select, SELECTOR_LOOP))).contains(EVENT_LOOP);
  }

  @Test
  void whatKeepsJettyAliveIsExpectedAndATaskOfItsPoolIsNot() {
    String[] await = {
      "jdk.internal.misc.Unsafe.park",
      "java.util.concurrent.locks.LockSupport.park",
      "java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject.await",
      "org.eclipse.jetty.util.thread.AutoLock$WithCondition.await"
    };
    String[] keeper = {"org.eclipse.jetty.util.thread.VirtualThreadPool$1.run"};
    assertThat(rule(WaitKind.CONDITION, joined(await, keeper)))
        .contains("a housekeeper that waits for work");
    String[] task = {
      "acme.Handler.handle", "org.eclipse.jetty.util.thread.VirtualThreadPool$2.run"
    };
    assertThat(rule(WaitKind.CONDITION, joined(await, task))).isEmpty();
  }

  private static Optional<String> rule(WaitKind kind, String... functions) {
    return RestingPlaces.ruleFor(thread(kind, functions));
  }

  private static DumpThread thread(WaitKind kind, String... functions) {
    return DumpThread.of(ThreadKind.PLATFORM, Dumps.stack(functions))
        .id(7)
        .state(ThreadState.WAITING)
        .waits(kind, "")
        .build();
  }

  private static String[] joined(String[] above, String[] below) {
    return Stream.of(above, below).flatMap(Stream::of).toArray(String[]::new);
  }
}
