package dev.groundhog.junit;

import dev.groundhog.junit.internal.Isolation;
import dev.groundhog.junit.internal.LeakCheckExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/// A test fails when a thread that it started, virtual or platform, is still alive behind it:
/// behind all `@AfterEach` methods, and behind what other extensions close.
///
/// ```java
/// @LeakCheck
/// class QueueTest {
///   @Test
///   void take() {
///     Thread.startVirtualThread(new LinkedBlockingQueue<>()::take); // fails: nobody ends it
///   }
/// }
/// ```
///
/// Threads are known by who started them, through any number of others, so that tests may run in
/// parallel. Groundhog's agent tells that; the first check loads it into this JVM if it is not
/// there. Where that is not possible, or not wanted, threads are known by when they were started,
/// so that a class with this annotation then runs beside no other test.
///
/// On a method it stands for that method alone, and goes before that of the class. It may be put on
/// an annotation of your own.
///
/// Limits: a thread of a pool that somebody else made, the common one say, is not the test's, and
/// nor is what runs on it. Without the agent, a thread that was made before the test and started in
/// it is not seen. A server that an extension keeps for later tests, or a worker of a pool that is
/// the whole class's, is a leak of the first one that starts it; give `scope = CLASS`, or ignore
/// it. What an extension that stands before this annotation starts for the class is not seen: write
/// this one first.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(LeakCheckExtension.class)
@ResourceLock(providers = Isolation.class)
public @interface LeakCheck {
  /// When threads must have ended.
  LeakScope scope() default LeakScope.TEST;

  /// How long threads may take to end, `500ms`, `10s`, `1m`; a test that leaves none does not wait.
  String within() default "500ms";

  OnLeak onLeak() default OnLeak.FAIL;

  /// Whether a test that failed is checked too. What it leaves behind is often due to its failure.
  boolean whenFailed() default false;

  /// Threads that are expected, each as a line of a file of suppressions (see
  /// [dev.groundhog.leak.Suppressions]), whose reason may be left out:
  /// `"function=com.acme.Reporter.run"`. A report prints the line for each leak.
  String[] ignore() default {};
}
