package dev.groundhog.dump;

import java.util.List;

/// The functions a thread is in, innermost first. Instances from one [Dump] are interned: equal
/// ones are the same object. Ordered by the frames, the innermost first, then by the gap.
///
/// @param frames innermost first
/// @param elidedAfter the number of `frames` before the gap that the runtime left out, or -1
/// @param elided how many frames are missing there, 0 if none, -1 if the runtime does not say
public record CallStack(List<Frame> frames, int elidedAfter, int elided)
    implements Comparable<CallStack> {
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

  @Override
  public int compareTo(CallStack other) {
    int common = Math.min(frames.size(), other.frames.size());
    for (int i = 0; i < common; i++) {
      int order = frames.get(i).compareTo(other.frames.get(i));
      if (order != 0) {
        return order;
      }
    }
    int order = Integer.compare(frames.size(), other.frames.size());
    order = order != 0 ? order : Integer.compare(elidedAfter, other.elidedAfter);
    return order != 0 ? order : Integer.compare(elided, other.elided);
  }
}
