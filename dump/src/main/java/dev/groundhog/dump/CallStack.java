package dev.groundhog.dump;

import java.util.List;

/// The functions a thread is in, innermost first. Instances from one [Dump] are interned: equal
/// ones are the same object.
///
/// @param frames innermost first
/// @param elidedAfter the number of `frames` before the gap that the runtime left out, or -1
/// @param elided how many frames are missing there, 0 if none, -1 if the runtime does not say
public record CallStack(List<Frame> frames, int elidedAfter, int elided) {
  public static final CallStack EMPTY = new CallStack(List.of());

  public CallStack {
    frames = List.copyOf(frames);
    if (elidedAfter > frames.size() || (elidedAfter < 0) != (elided == 0)) {
      throw new IllegalArgumentException(
          "elided " + elided + " after " + elidedAfter + " of " + frames.size());
    }
  }

  public CallStack(List<Frame> frames) {
    this(frames, -1, 0);
  }
}
