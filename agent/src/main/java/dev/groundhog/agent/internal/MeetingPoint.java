package dev.groundhog.agent.internal;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Where this agent is found by a second load and by libraries of ours in other loaders: a class of
/// `java.base` that we define there, in an exported package.
public final class MeetingPoint {
  private static final String NAME = "java.util.concurrent.GroundhogMeeting1";

  private MeetingPoint() {}

  /// Lets `control` be found. Needs `java.util.concurrent` to be open to this module.
  ///
  /// @throws IOException if the class cannot be had or defined
  public static void publish(Function<Map<String, String>, String> control) throws IOException {
    try {
      JavaBaseClass.define(NAME, ConcurrentHashMap.class).getField("control").set(null, control);
    } catch (ReflectiveOperationException e) {
      throw new IOException("no meeting point: " + e, e);
    }
  }
}
