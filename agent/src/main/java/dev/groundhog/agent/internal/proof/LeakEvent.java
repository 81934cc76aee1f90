package dev.groundhog.agent.internal.proof;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Tells a recording of JFR that threads were proven to be leaked: one event for each signature and
/// creation site that a round has found something new of. It is enabled by default; a listener in
/// the process is a `RecordingStream` that asks for it by its name.
@Name(LeakEvent.NAME)
@Label("Leaked Threads")
@Category({"Groundhog"})
@Description("Virtual threads that nothing can ever wake, as collections have proven")
@StackTrace(false)
final class LeakEvent extends Event {
  static final String NAME = "dev.groundhog.LeakedThreads";

  @Label("Verdict")
  @Description("PROVEN, or STRANDED if a shutdown of an executor could interrupt them")
  String verdict = "";

  @Label("Signature")
  @Description("Of the stack, as in the report of leaks")
  String signature = "";

  @Label("Where")
  @Description("The first frame that is the program's own")
  String where = "";

  @Label("Started At")
  @Description("Empty if that was not recorded")
  String startedAt = "";

  @Label("New")
  long newThreads;

  @Label("Total")
  @Description("Since the first one")
  long total;

  @Label("Per Minute")
  @Description("Of the new ones")
  double perMinute;

  @Label("Interrupted")
  @Description("Of the new ones, so that they can end")
  long interrupted;
}
