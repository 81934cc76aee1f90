package dev.groundhog.dump;

/// Takes what a reader finds, in the order of the input. A file with several dumps calls [#begin]
/// and [#end] once for each.
public interface DumpSink {
  void begin(ProcessInfo process);

  void thread(DumpThread thread);

  void warning(Warning warning);

  void end();
}
