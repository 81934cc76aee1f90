package dev.groundhog.target;

import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.LabelledWork;
import java.util.Optional;

/// A name that must be absent, is absent, and is not known to the target; or [LabelledWork#ENTRY],
/// if no thread may be abandoned and the target labels no work.
///
/// @param pattern as it was given
/// @param stale whether the target tells its functions and this is none of them; else it is only on
///   no stack
/// @param nearest the name that was probably meant
public record UnknownName(FunctionPattern pattern, boolean stale, Optional<String> nearest) {
  @Override
  public String toString() {
    return (stale
            ? "stale name: the target has no " + pattern + " loaded"
            : pattern + " is on no stack, and this target does not tell its functions")
        + (pattern.equals(LabelledWork.ENTRY)
            ? ", so that no thread can be abandoned: does the server use groundhog-context?"
            : "")
        + nearest.map(name -> ": did you mean " + name + "?").orElse("");
  }
}
