package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.Warning;
import java.util.List;

/// Gives everything on, and warns in the dump that was being read when unpacking had to end.
record UnpackedSink(DumpSink sink, List<CutGzip> layers) implements DumpSink {
  @Override
  public void begin(ProcessInfo process) {
    sink.begin(process);
  }

  @Override
  public void thread(DumpThread thread) {
    sink.thread(thread);
  }

  @Override
  public void warning(Warning warning) {
    sink.warning(warning);
  }

  @Override
  public void end() {
    for (CutGzip layer : layers) {
      if (!layer.loss().isEmpty()) {
        sink.warning(new Warning(0, "the gzip data " + layer.loss()));
      }
    }
    sink.end();
  }
}
