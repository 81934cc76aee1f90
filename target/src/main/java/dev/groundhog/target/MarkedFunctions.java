package dev.groundhog.target;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The functions that a target marks as leak-prone, by `dev.groundhog.mark.LeakProne`. Immutable.
///
/// @param reasons why each is marked, by its name as it stands on a stack
/// @param warnings what the target could not read of its marks
public record MarkedFunctions(Map<String, Optional<String>> reasons, List<String> warnings) {
  /// Of a check that does not ask for them.
  public static final MarkedFunctions NONE = new MarkedFunctions(Map.of(), List.of());

  public MarkedFunctions {
    reasons = Map.copyOf(reasons);
    warnings = List.copyOf(warnings);
  }

  /// How many there are.
  public int count() {
    return reasons.size();
  }

  /// Whether the function in `frame` is marked.
  public boolean has(Frame frame) {
    return reasons.containsKey(frame.function());
  }

  /// The marked functions on `stack`, the innermost first, each once.
  public List<String> on(CallStack stack) {
    return stack.frames().stream().filter(this::has).map(Frame::function).distinct().toList();
  }

  /// What is held against a thread at `stack`: a line for each marked function.
  public List<String> reasonsOn(CallStack stack) {
    return on(stack).stream()
        .map(function ->
            function
                + " is marked @LeakProne"
                + reasons
                    .getOrDefault(function, Optional.empty())
                    .map(why -> ": " + why)
                    .orElse(""))
        .toList();
  }
}
