package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Looks through the agent, which knows who started whom.
record AgentLook(Meeting agent) implements Look {
  @Override
  public Dump dump() throws IOException {
    return agent.dump();
  }

  @Override
  public Optional<String> missing() {
    return Untracked.note();
  }

  @Override
  public void interrupt(List<Long> ids) {
    agent.interrupt(ids);
  }
}
