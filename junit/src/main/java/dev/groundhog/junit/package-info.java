/// The check for tests: a test fails when it leaves a thread behind.
///
/// Start with [dev.groundhog.junit.LeakCheck], the annotation for JUnit, or
/// [dev.groundhog.junit.Leaks], which works in every framework. Both end in `internal.LeakChecker`,
/// which looks again and again until nobody is left or time is up. There are two ways to look at
/// the threads of this JVM (`internal.Look`): through Groundhog's agent, where it is loaded, and
/// with what the JDK tells. `internal.ExpectedThreads` is the list of who never counts.
///
/// How other processes are checked is in `target`; how stacks are grouped and named, in `leak`.
package dev.groundhog.junit;
