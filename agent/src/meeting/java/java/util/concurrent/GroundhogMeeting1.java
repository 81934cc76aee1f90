package java.util.concurrent;

import java.util.Map;
import java.util.function.Function;

/**
 * Where the agent is met, in any loader and module: the agent defines this class in {@code
 * java.base}, in a package that everybody may see. It has JDK types only, and its name has the
 * version of what it promises.
 */
public final class GroundhogMeeting1 {
  /**
   * The agent, null until there is one. Takes {@code options}, the text behind {@code
   * -javaagent:….jar=}, which changes what it names, and answers with one line for people; or {@code
   * ask}, a question of a library, with its parameters.
   */
  public static volatile Function<Map<String, String>, String> control;

  private GroundhogMeeting1() {}
}
